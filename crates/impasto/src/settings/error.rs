//! What stops serde from reading a setting.

use std::fmt;
use std::ops::Range;

use serde::de::{Expected, Unexpected};

/// An error on its way from a value to the problem it becomes.
#[derive(Debug)]
pub(super) struct Error {
    pub(super) fault: Fault,
    /// The option it is about, as written.
    pub(super) key: Option<String>,
    /// The part of the value it is about.
    pub(super) item: Option<Range<usize>>,
    /// Whether leaving the setting out would be a way to read it: an `Option` with an empty value.
    pub(super) may_be_none: bool,
}

#[derive(Debug)]
pub(super) enum Fault {
    /// The text is none of the type's: what the type wants, and the words it would take.
    Expected { what: String, words: &'static [&'static str] },
    /// The text is of the type but refused, in the words of the one who refuses.
    Refused(String),
    /// `key = value` where the setting is a table.
    ATable,
    /// `key.more = value` where the setting is no table.
    NotATable,
    /// A setting is given a second time, under another name.
    Duplicate,
    /// A setting is not given.
    Missing(&'static str),
}

impl Error {
    pub(super) fn new(fault: Fault) -> Error {
        Error { fault, key: None, item: None, may_be_none: false }
    }

    pub(super) fn expected(what: impl Into<String>) -> Error {
        Error::new(Fault::Expected { what: what.into(), words: &[] })
    }

    pub(super) fn expected_word(what: impl Into<String>, words: &'static [&'static str]) -> Error {
        Error::new(Fault::Expected { what: what.into(), words })
    }

    /// Says which option it is about, unless something nearer to the value has.
    pub(super) fn of_key(mut self, key: &str) -> Error {
        self.key.get_or_insert_with(|| key.to_owned());
        self
    }

    pub(super) fn of_item(mut self, item: Range<usize>) -> Error {
        self.item.get_or_insert(item);
        self
    }
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::new(Fault::Refused(message.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Error {
        Error::expected(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Error {
        Error::expected(expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Error {
        Error::expected(expected.to_string())
    }

    fn unknown_variant(_: &str, variants: &'static [&'static str]) -> Error {
        Error::expected_word("a word it knows", variants)
    }

    fn missing_field(field: &'static str) -> Error {
        Error::new(Fault::Missing(field))
    }

    fn duplicate_field(_: &'static str) -> Error {
        Error::new(Fault::Duplicate)
    }
}

/// Only for serde, which asks for it: people read the problem that is made of it.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            Fault::Expected { what, .. } => write!(f, "must be {what}"),
            Fault::Refused(why) => f.write_str(why),
            Fault::ATable => f.write_str("is a table"),
            Fault::NotATable => f.write_str("is not a table"),
            Fault::Duplicate => f.write_str("is given twice"),
            Fault::Missing(field) => write!(f, "`{field}` is missing"),
        }
    }
}

impl std::error::Error for Error {}
