//! Where a text names sections.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use impasto::{Composite, Declared, Group, Uri};

use super::names::Names;
use crate::text::{OptionText, SectionText, Text};

/// A name that stands for a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// As what the section is looked up.
    pub(crate) group: Group,
    /// Where the name stands.
    pub(crate) name: Range<usize>,
    /// The file whose section it is, where that is another one.
    pub(crate) file: Option<PathBuf>,
}

/// What a section that loads others makes of its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Composed {
    /// As is known of the composite.
    Known(Composite),
    /// Nobody knows: options that read like a pipeline of the file's sections are taken for one.
    Unknown,
}

impl Composed {
    /// What a section is, if it is a composite; told from the name of its factory.
    pub(crate) fn of<'a>(names: &Names<'a>, section: SectionText<'a>) -> Option<Composed> {
        let declared = Declared::of(section.name()).filter(|it| it.group == Group::App)?;
        let factory = factory(names, section, Group::App);
        match factory.and_then(|factory| Composite::named(&factory.value())) {
            Some(composite) => Some(Composed::Known(composite)),
            None => declared.prefix.starts_with("composit").then_some(Composed::Unknown),
        }
    }

    /// Whether an option of this name may refer to sections.
    pub(crate) fn refers_by(self, key: &str) -> bool {
        let is_directive = matches!(key, "use" | "require" | "filter-with")
            || ["set ", "get ", "paste."].iter().any(|start| key.starts_with(start));
        let is_setting = match self {
            Composed::Known(composite) => composite.is_setting(key),
            Composed::Unknown => false,
        };
        !is_directive && !is_setting
    }
}

/// The option that says the factory of a section, in the section itself or behind `use` of others of the text.
pub(crate) fn factory<'a>(
    names: &Names<'a>,
    section: SectionText<'a>,
    group: Group,
) -> Option<OptionText<'a>> {
    let mut section = section;
    for _ in 0..16 {
        let mut options = section.options();
        let option = options.find(|option| is_factory(option.name()))?;
        let value = option.value();
        if option.name() != "use" || Uri::is_uri(&value) {
            return Some(option);
        }
        section = names.section(group, &value)?;
    }
    None
}

/// `use`, and the options that name a factory by its place in a program.
pub(crate) fn is_factory(option: &str) -> bool {
    option == "use" || option.starts_with("paste.")
}

/// Whether a section is what `name` means.
pub(crate) fn is_called(section: SectionText<'_>, group: Group, name: &str) -> bool {
    Declared::of(section.name())
        .is_some_and(|declared| declared.group == group && declared.name == Some(name))
}

/// All names of sections that a text has, in its order. What interpolation makes is not among them.
pub(crate) fn references(text: &Text) -> Vec<Reference> {
    let finder = Finder { text, names: Names::of(text), files: RefCell::default() };
    let mut found = Vec::new();
    for section in text.sections() {
        finder.section(section, &mut found);
    }
    found
}

/// What an option names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Filters and, last, an app.
    Pipeline,
    /// The same, if all of it is there.
    PipelineOfSections,
    /// Something in each word.
    Each(Group),
    /// One thing.
    One(Group),
    /// An app or a filter.
    Either,
}

impl Role {
    /// What an option of this name names in a section of this name, if it names sections at all.
    pub(crate) fn of(section: &str, composed: Option<Composed>, key: &str) -> Option<Role> {
        let Some(Declared { group, prefix, .. }) = Declared::of(section) else {
            return Role::asserted(section, key);
        };
        match (prefix, key) {
            ("pipeline", "pipeline") => Some(Role::Pipeline),
            ("pipeline", "use") => None,
            ("filter-app", "next") => Some(Role::One(Group::App)),
            ("filter-app", "use") => Some(Role::One(Group::Filter)),
            (_, "use") => Some(Role::One(group)),
            (_, "filter-with") => (group != Group::Server).then_some(Role::One(Group::Filter)),
            (_, key) => match composed.filter(|composed| composed.refers_by(key))? {
                Composed::Known(Composite::PipelineFactory) => Some(Role::Pipeline),
                Composed::Known(Composite::Split) => Some(Role::Each(Group::App)),
                Composed::Known(_) => Some(Role::One(Group::App)),
                Composed::Unknown => Some(Role::PipelineOfSections),
            },
        }
    }

    /// `[check:NAME]` and `[test:NAME]` say what holds of filters and apps.
    fn asserted(section: &str, key: &str) -> Option<Role> {
        let is_assertion = ["check:", "test:"].iter().any(|kind| section.starts_with(kind));
        match key {
            "app" if is_assertion => Some(Role::One(Group::App)),
            "passes" | "never_without" if is_assertion => Some(Role::Each(Group::Filter)),
            "answered_by" if is_assertion => Some(Role::Either),
            _ => None,
        }
    }
}

struct Finder<'a> {
    text: &'a Text,
    names: Names<'a>,
    /// What `config:` paths lead to; `None` for the file itself.
    files: RefCell<HashMap<String, Option<PathBuf>>>,
}

impl<'a> Finder<'a> {
    fn section(&self, section: SectionText<'a>, found: &mut Vec<Reference>) {
        let composed = Composed::of(&self.names, section);
        for option in section.options() {
            match Role::of(section.name(), composed, option.name()) {
                Some(Role::Pipeline) => self.pipeline(option, found),
                Some(Role::PipelineOfSections) => self.pipeline_of_sections(option, found),
                Some(Role::Each(group)) => self.each(option, group, found),
                Some(Role::One(group)) => self.whole(option, group, found),
                Some(Role::Either) => {
                    self.whole(option, Group::App, found);
                    self.whole(option, Group::Filter, found);
                }
                None => {}
            }
        }
    }

    /// Filters and, last, an app.
    fn pipeline(&self, option: OptionText<'_>, found: &mut Vec<Reference>) {
        let words = option.words();
        let last = words.len().saturating_sub(1);
        let group = |at| if at == last { Group::App } else { Group::Filter };
        let named = words.into_iter().enumerate();
        found.extend(named.filter_map(|(at, word)| self.name(word, group(at))));
    }

    /// The same, if all of it is there.
    fn pipeline_of_sections(&self, option: OptionText<'_>, found: &mut Vec<Reference>) {
        let before = found.len();
        self.pipeline(option, found);
        let is_there = |reference: &Reference| {
            reference.file.is_some()
                || self.names.has(reference.group, &self.text.as_str()[reference.name.clone()])
        };
        if !found[before..].iter().all(is_there) {
            found.truncate(before);
        }
    }

    /// Each word is a name.
    fn each(&self, option: OptionText<'_>, group: Group, found: &mut Vec<Reference>) {
        found.extend(option.words().into_iter().filter_map(|word| self.name(word, group)));
    }

    /// The whole value is one name.
    fn whole(&self, option: OptionText<'_>, group: Group, found: &mut Vec<Reference>) {
        found.extend(self.name(option.value_span(), group));
    }

    /// A name, or that of a `config:` URI.
    fn name(&self, span: Range<usize>, group: Group) -> Option<Reference> {
        let written = &self.text.as_str()[span.clone()];
        if !Uri::is_uri(written) {
            return (!span.is_empty()).then_some(Reference { group, name: span, file: None });
        }
        let Ok(Uri::Config { path, name: Some(name) }) = Uri::parse(written) else { return None };
        let file = match self.files.borrow_mut().entry(path) {
            std::collections::hash_map::Entry::Occupied(known) => known.get().clone(),
            std::collections::hash_map::Entry::Vacant(new) => {
                let file = other_file(self.text, new.key());
                new.insert(file).clone()
            }
        };
        Some(Reference { group, name: span.end - name.len()..span.end, file })
    }
}

/// The file that a `config:` path leads to, unless it is that of the text.
pub(crate) fn other_file(text: &Text, path: &str) -> Option<PathBuf> {
    let file = Path::new(text.source().name());
    let here = file.parent().unwrap_or(Path::new(""));
    let other = real(&here.join(path.replace("%(here)s", &here.to_string_lossy())));
    (other != real(file)).then_some(other)
}

/// A path without links, where it leads anywhere.
pub(crate) fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
