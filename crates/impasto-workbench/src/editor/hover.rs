//! What is told of the thing under the cursor.

use std::fmt::Write;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use impasto::{Declared, Group, Place, looks_secret};

use super::document::Document;
use super::known::{Known, describe};
use super::place::{Part, Spot};
use super::words::{KINDS, directive};
use super::workspace::Workspace;
use crate::edit::names::Names;
use crate::edit::references::{factory, is_factory};
use crate::explain::Where;
use crate::shown::OneLine;
use crate::text::{OptionText, SectionText};

/// What is told of a part of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Hover {
    /// In Markdown.
    pub text: String,
    /// What it is about.
    pub span: Range<usize>,
}

impl Workspace {
    /// What is told of what stands at a byte: a setting with its documentation and what it comes to, a section
    /// with its factory, a name with the section that it means. Secrets are masked.
    pub fn hover(&self, path: &Path, at: usize) -> Option<Hover> {
        let document = self.read(path)?;
        let spot = Spot::new(document.text(), at);
        let text = |span: &Range<usize>| &document.source().text()[span.clone()];
        if let Some(span) = spot.variable() {
            return self.variable(&document, &spot, text(&span)).map(|text| Hover { text, span });
        }
        if let Some(reference) = document.index().at(at).first() {
            let meant = self.meant(&document, at);
            let told: Vec<String> = meant
                .iter()
                .flat_map(|meant| meant.sections().map(|it| self.section(&meant.document, it)))
                .collect();
            let (text, span) = (told.join("\n\n---\n\n"), reference.name.clone());
            return (!text.is_empty()).then_some(Hover { text, span });
        }
        let section = spot.section?;
        match spot.part {
            Part::Header => {
                let (text, span) = (self.section(&document, section), section.span());
                Some(Hover { text, span })
            }
            Part::Key(option) => {
                let text = self.option(&document, section, option)?;
                Some(Hover { text, span: option.name_span() })
            }
            Part::Value(option) => {
                let span = option.value_span();
                let group = group(section)?;
                let known = is_factory(option.name())
                    .then(|| Known::named(group, option.name(), &option.value()))
                    .flatten();
                let text = match known {
                    Some(known) => known.page.clone(),
                    None => self.option(&document, section, option)?,
                };
                Some(Hover { text, span })
            }
            Part::Line | Part::Comment => None,
        }
    }

    /// The factory of a section: told from the text, and by resolving it where that leads to other files.
    pub(super) fn factory(
        &self,
        document: &Document,
        section: SectionText<'_>,
    ) -> Option<&'static Known> {
        let group = group(section)?;
        let names = Names::of(document.text());
        if let Some(option) = factory(&names, section, group)
            && let Some(known) = Known::named(group, option.name(), &option.value())
        {
            return Some(known);
        }
        let Declared { group, name, .. } = Declared::of(section.name())?;
        let context = self.readable(document.path())?.context(group, name?).ok()?;
        context.factory(impasto::Registry::linked()).and_then(Known::of)
    }

    /// What a section is.
    fn section(&self, document: &Document, section: SectionText<'_>) -> String {
        let mut told = format!("```ini\n[{}]", section.name());
        let kind = kind(section);
        let shown = |name: &str| section.options().find(|option| option.name() == name);
        // What it says of itself, as far as that is no secret.
        for name in ["pipeline", "use", "filter-with", "next"] {
            if let Some(option) = shown(name) {
                let _ = write!(told, "\n{name} = {}", option.value().replace('\n', " "));
            }
        }
        let _ = write!(told, "\n```\n{}", line(&section.place()));
        if kind == "pipeline" {
            return told;
        }
        match self.factory(document, section) {
            Some(known) => {
                let _ = write!(told, "\n\n{}", known.page);
            }
            None => {
                let known = KINDS.iter().find(|(known, _)| *known == kind);
                if let Some((_, docs)) = known {
                    let _ = write!(told, "\n\n{docs}");
                }
            }
        }
        told
    }

    /// What an option of a section is, and what it comes to.
    fn option(
        &self,
        document: &Rc<Document>,
        section: SectionText<'_>,
        option: OptionText<'_>,
    ) -> Option<String> {
        let key = option.name();
        let name = key.strip_prefix("set ").unwrap_or(key).trim();
        if let Some(docs) = directive(kind(section), key) {
            return Some(format!("`{key}`\n\n{docs}"));
        }
        let known = self.factory(document, section);
        let fact = known.and_then(|known| known.setting(key));
        let told = fact.map(describe);
        let value = self.value(document, section, name);
        match (told, value) {
            (Some(told), Some(value)) => Some(format!("{told}\n\n{value}")),
            (told, value) => told.or(value),
        }
    }

    /// What a setting comes to, and by which rule.
    fn value(&self, document: &Document, section: SectionText<'_>, key: &str) -> Option<String> {
        Declared::of(section.name())?;
        let loader = self.loader(document.path()).ok()?;
        let found = Where::find(&loader, section.name(), key).ok()?;
        Some(format!("```ini\n{}\n```", short(document.path(), found.to_string().trim_end())))
    }

    /// What a `%(NAME)s` comes to.
    fn variable(&self, document: &Document, spot: &Spot<'_>, name: &str) -> Option<String> {
        if name.starts_with("env:") || name.starts_with("file:") {
            let what = if name.starts_with("env:") { "the environment" } else { "a secret file" };
            return Some(format!("`{name}`: from {what}, and never shown"));
        }
        if let Some(value) = spot.section.and_then(|it| self.value(document, it, name)) {
            return Some(value);
        }
        let mut defaults = spot.text.all("DEFAULT").flat_map(SectionText::options);
        let option = defaults.find(|option| option.name() == name)?;
        let value = option.value();
        let value = if looks_secret(name, &value) { impasto::Value::MASK } else { &value };
        let place = line(&option.value_place());
        Some(format!("```ini\n{name} = {}  # {place}, [DEFAULT]\n```", OneLine(value)))
    }
}

/// As what a section's factory is looked up.
pub(super) fn group(section: SectionText<'_>) -> Option<Group> {
    let declared = Declared::of(section.name())?;
    Some(if declared.prefix == "filter-app" { Group::Filter } else { declared.group })
}

/// What stands before the colon.
pub(super) fn kind(section: SectionText<'_>) -> &str {
    section.name().split_once(':').map_or(section.name(), |(kind, _)| kind)
}

/// Files beside one of them by their names alone.
pub(super) fn short(path: &Path, text: &str) -> String {
    match path.parent().and_then(Path::to_str) {
        Some(directory) if directory.len() > 1 => text.replace(&format!("{directory}/"), ""),
        _ => text.to_owned(),
    }
}

/// `FILE:LINE`, by the file's own name.
fn line(place: &Place) -> String {
    let name = Path::new(place.file()).file_name().unwrap_or_default();
    format!("{}:{}", name.to_string_lossy(), place.line())
}
