//! A section of a text.

use std::ops::Range;

use impasto::Place;

use super::option::OptionText;
use super::{Section, Text};

/// A section as it is written. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct SectionText<'a> {
    pub(super) text: &'a Text,
    pub(super) section: &'a Section,
}

impl<'a> SectionText<'a> {
    /// The name, as written between the brackets.
    pub fn name(self) -> &'a str {
        &self.text.as_str()[self.section.name.clone()]
    }

    /// Where the name is written.
    pub fn place(self) -> Place {
        self.text.place(self.section.name.clone())
    }

    /// The options in the order of the text, each as often as it is written.
    pub fn options(self) -> impl DoubleEndedIterator<Item = OptionText<'a>> {
        let text = self.text;
        self.section.options.iter().map(move |option| OptionText { text, option })
    }

    /// The last option whose name stands before byte `at`.
    pub(crate) fn option_at(self, at: usize) -> Option<OptionText<'a>> {
        let behind = self.section.options.partition_point(|option| option.name.start < at);
        let option = self.section.options.get(behind.checked_sub(1)?)?;
        Some(OptionText { text: self.text, option })
    }

    pub(crate) fn span(self) -> Range<usize> {
        self.section.name.clone()
    }

    /// The line of the header, with its end.
    pub(crate) fn header(self) -> Range<usize> {
        self.text.line(self.section.name.start)
    }

    /// Behind its last option, or behind its header when there is none.
    pub(crate) fn end(self) -> usize {
        self.options().next_back().map_or(self.header().end, |option| option.lines().end)
    }
}
