//! A file as its bytes: where each section and option stands, so that one can be changed and every
//! other byte stays.

mod lines;
mod option;
mod section;
mod splice;

pub use option::OptionText;
pub(crate) use option::ValueLine;
pub use section::SectionText;
pub(crate) use splice::Splice;

use std::ops::Range;
use std::sync::Arc;

use impasto::ini::{Outlined, outline};
use impasto::{Place, Problems, Source, nearest};

use crate::edit::EditError;

/// The text of a file with what stands where in it. A change gives another one.
///
/// It can be made of any text: sections and options that are written twice are there twice, and lines
/// that say nothing are nobody's.
#[derive(Clone, Debug)]
pub struct Text {
    source: Arc<Source>,
    sections: Vec<Section>,
    problems: Problems,
}

/// Where a section stands.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) name: Range<usize>,
    pub(crate) options: Vec<Option>,
}

/// Where an option stands.
#[derive(Clone, Debug)]
pub(crate) struct Option {
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
}

impl Text {
    /// Finds what stands where.
    pub fn new(source: Arc<Source>) -> Text {
        let (items, problems) = outline(&source);
        let mut sections: Vec<Section> = Vec::new();
        for item in items {
            match item {
                Outlined::Section { name } => sections.push(Section { name, options: Vec::new() }),
                Outlined::Option { name, value } => {
                    // The scanner emits no option before the first header.
                    let Some(section) = sections.last_mut() else { continue };
                    section.options.push(Option { name, value });
                }
            }
        }
        Text { source, sections, problems }
    }

    /// The file's name and text.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.source.text()
    }

    /// What is wrong with single lines, and what they hide; neither names that are written twice nor what
    /// a loader finds.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// The sections in the order of the text, `[DEFAULT]` among them, each as often as it is written.
    pub fn sections(&self) -> impl DoubleEndedIterator<Item = SectionText<'_>> {
        self.sections.iter().map(|section| SectionText { text: self, section })
    }

    /// The section at this position of the order.
    pub(crate) fn nth(&self, at: usize) -> std::option::Option<SectionText<'_>> {
        Some(SectionText { text: self, section: self.sections.get(at)? })
    }

    /// The section whose header stands last before byte `at`, or on the same line, with its position.
    pub(crate) fn section_at(&self, at: usize) -> std::option::Option<(usize, SectionText<'_>)> {
        let line = self.line(at);
        let end = line.end.max(at);
        let behind = self.sections.partition_point(|section| section.name.start < end);
        let at = behind.checked_sub(1)?;
        Some((at, self.nth(at)?))
    }

    /// The first section of this name, as written between the brackets.
    ///
    /// # Errors
    ///
    /// There is none; says which is near.
    pub fn section(&self, name: &str) -> Result<SectionText<'_>, EditError> {
        self.sections().find(|section| section.name() == name).ok_or_else(|| {
            let names = || self.sections().map(|section| section.name());
            let bare = names().find(|known| known.split_once(':').is_some_and(|it| it.1 == name));
            let near = bare.or_else(|| nearest(name, names())).map(str::to_owned);
            EditError::NoSection { name: name.to_owned(), file: self.source.name().into(), near }
        })
    }

    /// The first option of this name in the sections of that name.
    ///
    /// # Errors
    ///
    /// There is no such section or no such option; says which is near.
    pub fn option(&self, section: &str, key: &str) -> Result<OptionText<'_>, EditError> {
        self.section(section)?;
        let options = || self.all(section).flat_map(|section| section.options());
        options().find(|option| option.name() == key).ok_or_else(|| {
            let near = nearest(key, options().map(|option| option.name())).map(str::to_owned);
            EditError::NoOption { section: section.to_owned(), key: key.to_owned(), near }
        })
    }

    /// The parts of a section: only `[DEFAULT]` may have several.
    pub(crate) fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = SectionText<'_>> {
        self.sections().filter(move |section| section.name() == name)
    }

    pub(crate) fn place(&self, range: Range<usize>) -> Place {
        Place::new(&self.source, range)
    }

    /// The text with some of its parts replaced.
    pub(crate) fn with(&self, splices: Vec<Splice>) -> Text {
        if splices.is_empty() {
            return self.clone();
        }
        let text = splice::apply(self.as_str(), splices);
        Text::new(Source::new(self.source.name(), text))
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_str() == other.as_str()
    }
}
