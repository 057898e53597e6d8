//! Where a setting came from.

use std::fmt;
use std::sync::Arc;

use crate::ini::{Document, Entry, strip};
use crate::problem::Place;

/// By which rule a value came to be where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// An option of the section itself, or of one that it `use`s.
    Own,
    /// Of one that it `use`s, told from its own by [`Context::rule_of`](crate::Context::rule_of).
    Use,
    /// An option of `[DEFAULT]`.
    Default,
    /// A `set NAME` option.
    Set,
    /// A `get NAME` option.
    Get,
    /// The caller's `global_conf`: the command line, usually.
    Caller,
    /// `here` and `__file__`, which the loader provides.
    Loader,
}

impl Rule {
    /// The rule in a word or two.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::Own => "own option",
            Rule::Use => "use chain",
            Rule::Default => "[DEFAULT]",
            Rule::Set => "set",
            Rule::Get => "get",
            Rule::Caller => "caller",
            Rule::Loader => "loader",
        }
    }
}

/// Where a value came from: the rule, and what was written where.
#[derive(Clone)]
pub struct Origin {
    rule: Rule,
    /// Whether the environment or a secret file is a part of it.
    pub(super) secret: bool,
    /// Whether it could not be interpolated.
    pub(super) broken: bool,
    written: Option<Written>,
}

/// An option as it stands in a file.
#[derive(Clone)]
struct Written {
    document: Arc<Document>,
    section: u32,
    entry: u32,
}

impl Origin {
    pub(crate) fn caller() -> Origin {
        Origin { rule: Rule::Caller, secret: false, broken: false, written: None }
    }

    pub(crate) fn loader() -> Origin {
        Origin { rule: Rule::Loader, secret: false, broken: false, written: None }
    }

    /// `entry` is an option of `document`.
    pub(crate) fn written(rule: Rule, document: &Arc<Document>, entry: Entry<'_>) -> Origin {
        let document = Arc::clone(document);
        let written = Written { document, section: entry.section().at(), entry: entry.at() };
        Origin { rule, secret: false, broken: false, written: Some(written) }
    }

    pub(crate) fn with_rule(&self, rule: Rule) -> Origin {
        Origin { rule, ..self.clone() }
    }

    /// The rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The option as it is written; `None` for values no file says.
    pub fn entry(&self) -> Option<Entry<'_>> {
        let written = self.written.as_ref()?;
        written.document.section_at(written.section).entry_at(written.entry)
    }

    /// The section it is written in, as between the brackets. Differs from the section that is
    /// loaded when the value came along a `use` chain.
    pub fn section(&self) -> Option<&str> {
        let written = self.written.as_ref()?;
        Some(written.document.section_at(written.section).name())
    }

    /// Whether it is an option of the section at this position of `document`.
    pub(super) fn is_in(&self, document: &Document, section: u32) -> bool {
        let is_there = |written: &Written| {
            std::ptr::eq(&raw const *written.document, document) && written.section == section
        };
        self.written.as_ref().is_some_and(is_there)
    }

    /// Where the option's name is written; `None` for values no file says.
    pub fn key_place(&self) -> Option<Place> {
        self.entry().map(|entry| entry.key_place())
    }

    /// Where the option's value is written; `None` for values no file says.
    pub fn value_place(&self) -> Option<Place> {
        self.entry().map(|entry| entry.value_place())
    }

    /// What the option gives a value to: `NAME` of `set NAME`.
    pub(super) fn name(&self) -> &str {
        let name = self.entry().map(|entry| entry.name()).unwrap_or_default();
        match self.rule {
            Rule::Set | Rule::Get => command(name).map_or(name, |(_, name)| name),
            _ => name,
        }
    }

    /// Whether that is `name`.
    pub(super) fn is_of(&self, name: &str) -> bool {
        match (&self.written, self.rule) {
            (Some(Written { document, section, entry }), Rule::Own | Rule::Default) => {
                document.is_called(*section, *entry, name)
            }
            _ => self.name() == name,
        }
    }

    /// The option's value before interpolation.
    pub(super) fn raw(&self) -> &str {
        self.entry().map(|entry| entry.raw()).unwrap_or_default()
    }
}

/// `set NAME` and `get NAME`: the rule and the name.
pub(super) fn command(option: &str) -> Option<(Rule, &str)> {
    let (rule, name) = match option.as_bytes() {
        [b's', b'e', b't', b' ', ..] => (Rule::Set, &option[4..]),
        [b'g', b'e', b't', b' ', ..] => (Rule::Get, &option[4..]),
        _ => return None,
    };
    Some((rule, strip(name)))
}

/// `api-paste.ini:3:8, set`
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value_place() {
            Some(place) => write!(f, "{place}, {}", self.rule.as_str()),
            None => f.write_str(self.rule.as_str()),
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({self})")
    }
}
