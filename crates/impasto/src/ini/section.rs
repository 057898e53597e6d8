//! A section and its options, as views of a [`Document`].

use std::fmt;

use super::Document;
use super::document::{DEFAULTS, Header};
use super::entries::{Entries, Line};
use crate::problem::{Place, Span};

/// A section and its options, in the order of the file. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Section<'a> {
    pub(super) document: &'a Document,
    pub(super) header: &'a Header,
    pub(super) entries: &'a Entries,
}

/// An option as written. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    section: Section<'a>,
    at: u32,
    line: &'a Line,
}

impl<'a> Section<'a> {
    /// The file it stands in.
    pub fn document(&self) -> &'a Document {
        self.document
    }

    /// The name, as written between the brackets.
    pub fn name(&self) -> &'a str {
        match self.at() {
            DEFAULTS => "DEFAULT",
            _ => self.header.name.text(self.text()),
        }
    }

    /// Where the name is written.
    pub fn place(&self) -> Place {
        Place::new(self.document.source(), self.header.name.range())
    }

    /// The options, in the order of the file.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'a>> + use<'a> {
        let section = *self;
        let (start, lines) = (self.header.part.start, self.entries.lines(&self.header.part));
        let numbered = lines.iter().enumerate();
        numbered.map(move |(at, line)| Entry { section, at: start + at as u32, line })
    }

    /// The option of this name.
    pub fn entry(&self, name: &str) -> Option<Entry<'a>> {
        let at = self.entries.find(&self.header.part, name, self.text())?;
        self.entry_at(at)
    }

    /// The option whose [position](Entry::at) in the file this is.
    pub(crate) fn entry_at(&self, at: u32) -> Option<Entry<'a>> {
        self.entries.line(at).map(|line| Entry { section: *self, at, line })
    }

    /// Where it is among the sections of its file; `[DEFAULT]` is behind them all.
    pub(crate) fn at(&self) -> u32 {
        self.header.part.section
    }

    fn text(&self) -> &'a str {
        self.document.source().text()
    }
}

impl<'a> Entry<'a> {
    /// The option's name.
    pub fn name(&self) -> &'a str {
        self.line.key.text(self.section.text())
    }

    /// The value before interpolation; lines of a longer value are joined by `\n`.
    pub fn raw(&self) -> &'a str {
        match &self.line.joined {
            Some(joined) => joined,
            None => self.line.value.text(self.section.text()),
        }
    }

    /// The section it stands in.
    pub fn section(&self) -> Section<'a> {
        self.section
    }

    /// Where the name is written.
    pub fn key_place(&self) -> Place {
        Place::new(self.section.document.source(), self.line.key.range())
    }

    /// Where the value is written.
    pub fn value_place(&self) -> Place {
        Place::new(self.section.document.source(), self.line.value.range())
    }

    pub(crate) fn value_span(&self) -> Span {
        self.line.value
    }

    /// Where it is among the options of its file, or among those of `[DEFAULT]`.
    pub(crate) fn at(&self) -> u32 {
        self.at
    }
}

impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] ", self.name())?;
        f.debug_list().entries(self.entries()).finish()
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {:?}", self.name(), self.raw())
    }
}
