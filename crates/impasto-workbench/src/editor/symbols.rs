//! What a text consists of.

use std::ops::Range;

use super::document::Document;
use super::hover::kind;
use crate::text::{OptionText, SectionText};

/// A section or an option.
#[derive(Clone, Debug, PartialEq)]
pub struct Symbol<'a> {
    /// Its name.
    pub name: &'a str,
    /// The kind of a section; empty for an option.
    pub kind: &'a str,
    /// All of it.
    pub span: Range<usize>,
    /// Where its name stands.
    pub own: Range<usize>,
    /// The options of a section.
    pub options: Vec<Symbol<'a>>,
}

/// Files of more sections are told without options: nobody could read them, and they would be long in coming.
const MANY: usize = 1_000;

impl Document {
    /// Its sections in the order of the text, and the options of each; not the options where there are more than
    /// a thousand sections.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol<'_>> {
        let is_long = self.text().sections().nth(MANY).is_some();
        self.text().sections().map(move |section| {
            let options = section.options().filter(|_| !is_long);
            self.section(section, options.map(option).collect())
        })
    }

    fn section<'a>(&self, section: SectionText<'a>, options: Vec<Symbol<'a>>) -> Symbol<'a> {
        let own = section.span();
        let end = self.text().content(own.start..section.end()).end;
        let span = own.start - 1..end.max(own.end + 1);
        Symbol { name: section.name(), kind: kind(section), span, own, options }
    }
}

fn option(option: OptionText<'_>) -> Symbol<'_> {
    let own = option.name_span();
    let span = own.start..option.value_span().end.max(own.end);
    Symbol { name: option.name(), kind: "", span, own, options: Vec::new() }
}
