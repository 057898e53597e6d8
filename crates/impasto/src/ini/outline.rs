//! Where things stand in a text, for whoever changes a part of it and keeps the rest.

use std::ops::Range;
use std::sync::Arc;

use serde_ini::Item;

use super::scanner::Scanner;
use crate::problem::{Problems, Source};

/// A header or an option, as the bytes of the text that say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outlined {
    /// A header.
    Section {
        /// What stands between the brackets.
        name: Range<usize>,
    },
    /// An option.
    Option {
        /// Its name.
        name: Range<usize>,
        /// Its value, from the first character to the last, over all of its lines; where there is none, the
        /// empty range behind the delimiter.
        value: Range<usize>,
    },
}

/// The headers and options of a text in their order, also where some of its lines are wrong and where a
/// name is written twice; with what is wrong with the lines, as far as single lines show it.
///
/// ```
/// use impasto::{Source, ini};
///
/// let source = Source::new("x.ini", "[app:main]\n# words\nuse : egg:x\n");
/// let (items, problems) = ini::outline(&source);
/// assert!(problems.is_empty());
/// let option = ini::Outlined::Option { name: 19..22, value: 25..30 };
/// assert_eq!(items, [ini::Outlined::Section { name: 1..9 }, option]);
/// ```
pub fn outline(source: &Arc<Source>) -> (Vec<Outlined>, Problems) {
    let mut found = Vec::new();
    let mut scanner = Scanner::new(source);
    scanner.scan(|scanned, _| {
        let (name, value) = (scanned.name.range(), scanned.value.range());
        match scanned.item {
            Item::Section { .. } => found.push(Outlined::Section { name }),
            Item::Value { .. } => found.push(Outlined::Option { name, value }),
            Item::Empty | Item::Comment { .. } => {}
        }
    });
    (found, Problems(scanner.problems))
}
