//! What a text consists of.

use std::ops::Range;
use std::path::Path;

use super::hover::kind;
use super::workspace::Workspace;

/// A section or an option.
#[derive(Clone, Debug, PartialEq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// The kind of a section; empty for an option.
    pub kind: String,
    /// All of it.
    pub span: Range<usize>,
    /// Where its name stands.
    pub own: Range<usize>,
    /// The options of a section.
    pub options: Vec<Symbol>,
}

/// Files of more sections are told without options: nobody could read them, and they would be long in coming.
const MANY: usize = 1_000;

impl Workspace {
    /// The sections of a file, and the options of each; not the options where there are more than a thousand
    /// sections.
    pub fn symbols(&self, path: &Path) -> Vec<Symbol> {
        let Some(document) = self.read(path) else { return Vec::new() };
        let text = document.text();
        let sections: Vec<_> = text.sections().collect();
        let is_long = sections.len() > MANY;
        let symbols = sections.iter().map(|section| {
            let options = section.options().filter(|_| !is_long).map(|option| Symbol {
                name: option.name().to_owned(),
                kind: String::new(),
                span: option.name_span().start..option.value_span().end.max(option.name_span().end),
                own: option.name_span(),
                options: Vec::new(),
            });
            let end = section.end();
            let end = text.content(section.span().start..end).end;
            Symbol {
                name: section.name().to_owned(),
                kind: kind(*section).to_owned(),
                span: section.span().start - 1..end.max(section.span().end + 1),
                own: section.span(),
                options: options.collect(),
            }
        });
        symbols.collect()
    }
}
