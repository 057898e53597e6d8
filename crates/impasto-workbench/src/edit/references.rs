//! Where a text names sections.

use std::ops::Range;
use std::path::Path;

use impasto::{Composite, Declaration, Group, Uri};

use crate::text::{OptionText, SectionText, Text};

/// A name that stands for a section of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// As what the section is looked up.
    pub(crate) group: Group,
    /// Where the name stands.
    pub(crate) name: Range<usize>,
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
    pub(crate) fn of(text: &Text, section: SectionText<'_>) -> Option<Composed> {
        let declared = Declaration::of(section.name()).filter(|it| it.group == Group::App)?;
        let factory = factory(text, section, 16);
        match factory.and_then(|factory| Composite::named(&factory)) {
            Some(composite) => Some(Composed::Known(composite)),
            None => declared.kind().starts_with("composit").then_some(Composed::Unknown),
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

    fn references(self, text: &Text, option: OptionText<'_>) -> Vec<Reference> {
        match self {
            _ if !self.refers_by(option.name()) => Vec::new(),
            Composed::Known(Composite::PipelineFactory) => pipeline(text, option),
            Composed::Known(Composite::Split) => each(text, option, Group::App),
            Composed::Known(_) => whole(text, option, Group::App),
            Composed::Unknown => pipeline_of_sections(text, option),
        }
    }
}

/// The factory of a section, behind at most so many `use` of other sections.
fn factory(text: &Text, section: SectionText<'_>, hops: usize) -> Option<String> {
    const KEYS: [&str; 4] =
        ["use", "paste.composite_factory", "paste.composit_factory", "paste.app_factory"];
    let option = section.options().find(|option| KEYS.contains(&option.name()))?;
    let value = option.value();
    if option.name() == "use" && !Uri::is_uri(&value) && hops > 0 {
        let mut sections = text.sections();
        let used = sections.find(|section| is_called(*section, Group::App, &value))?;
        return factory(text, used, hops - 1);
    }
    Some(value)
}

/// Whether a section is what `name` means.
pub(crate) fn is_called(section: SectionText<'_>, group: Group, name: &str) -> bool {
    Declaration::of(section.name())
        .is_some_and(|declared| declared.group == group && declared.name.as_deref() == Some(name))
}

/// All names of sections that a text has, in its order. What interpolation makes is not among them.
pub(crate) fn references(text: &Text) -> Vec<Reference> {
    let mut found = Vec::new();
    for section in text.sections() {
        let composed = Composed::of(text, section);
        for option in section.options() {
            let key = option.name();
            let kind = Declaration::of(section.name());
            let kind = kind.as_ref().map(|declared| (declared.kind(), declared.group));
            found.extend(match (kind, key) {
                (Some(("pipeline", _)), "pipeline") => pipeline(text, option),
                (Some(("filter-app", _)), "next") => whole(text, option, Group::App),
                (Some(("filter-app", _)), "use") => whole(text, option, Group::Filter),
                (Some((kind, group)), "use") if kind != "pipeline" => whole(text, option, group),
                (Some((_, group)), "filter-with") if group != Group::Server => {
                    whole(text, option, Group::Filter)
                }
                (Some(_), _) => {
                    composed.map(|composed| composed.references(text, option)).unwrap_or_default()
                }
                (None, _) => asserted(text, section, option),
            });
        }
    }
    found
}

/// Filters and, last, an app.
fn pipeline(text: &Text, option: OptionText<'_>) -> Vec<Reference> {
    let words = option.words();
    let last = words.len().saturating_sub(1);
    let group = |at| if at == last { Group::App } else { Group::Filter };
    let named = words.into_iter().enumerate();
    named.filter_map(|(at, word)| name(text, word, group(at))).collect()
}

/// The same, if all of it is there.
fn pipeline_of_sections(text: &Text, option: OptionText<'_>) -> Vec<Reference> {
    let found = pipeline(text, option);
    let is_there = |reference: &Reference| {
        let name = &text.as_str()[reference.name.clone()];
        text.sections().any(|section| is_called(section, reference.group, name))
    };
    if found.iter().all(is_there) { found } else { Vec::new() }
}

/// Each word is a name.
fn each(text: &Text, option: OptionText<'_>, group: Group) -> Vec<Reference> {
    option.words().into_iter().filter_map(|word| name(text, word, group)).collect()
}

/// The whole value is one name.
fn whole(text: &Text, option: OptionText<'_>, group: Group) -> Vec<Reference> {
    name(text, option.value_span(), group).into_iter().collect()
}

/// `[check:NAME]` and `[test:NAME]` say what holds of filters and apps.
fn asserted(text: &Text, section: SectionText<'_>, option: OptionText<'_>) -> Vec<Reference> {
    let is_assertion = ["check:", "test:"].iter().any(|kind| section.name().starts_with(kind));
    match option.name() {
        "app" if is_assertion => whole(text, option, Group::App),
        "passes" | "never_without" if is_assertion => each(text, option, Group::Filter),
        "answered_by" if is_assertion => {
            let both = [Group::App, Group::Filter].into_iter();
            both.flat_map(|group| whole(text, option, group)).collect()
        }
        _ => Vec::new(),
    }
}

/// A name, or that of a `config:` URI that leads back to the same file.
fn name(text: &Text, span: Range<usize>, group: Group) -> Option<Reference> {
    let written = &text.as_str()[span.clone()];
    if !Uri::is_uri(written) {
        return Some(Reference { group, name: span });
    }
    let file = Path::new(text.source().name());
    let here = file.parent().unwrap_or(Path::new(""));
    let Ok(Uri::Config { path, name: Some(name) }) = Uri::parse(written) else { return None };
    let path = path.replace("%(here)s", &here.to_string_lossy());
    let is_same = match (here.join(path).canonicalize(), file.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    };
    is_same.then_some(Reference { group, name: span.end - name.len()..span.end })
}
