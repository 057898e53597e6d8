//! One attempt to read a section.

use std::cell::RefCell;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::Options;
use super::error::Error;
use super::known::Known;
use super::limits::Limits;
use super::text::Text;

/// What to read, and what the attempts before this one taught: serde stops at the first error, so a
/// section is read again without what is known to be wrong, until nothing new comes up.
pub(super) struct Attempt<'a> {
    pub(super) options: Options<'a>,
    pub(super) known: &'static Known,
    /// Options and tables that are known to be wrong.
    pub(super) skipped: Vec<String>,
    /// Options whose empty text is no value.
    pub(super) none: Vec<String>,
    pub(super) unknown: RefCell<Vec<Unknown>>,
    /// Numbers beyond their bounds: what is read in their places is the nearest that is within.
    pub(super) beyond: RefCell<Vec<Error>>,
}

/// The option that a text stands in.
#[derive(Clone, Copy)]
pub(super) struct Holder<'a> {
    attempt: &'a Attempt<'a>,
    key: &'a str,
    /// Where it is in the value, as an item of a list: from here on, so many bytes.
    at: Option<(usize, usize)>,
}

impl Holder<'_> {
    pub(super) fn limits(self) -> Limits {
        self.attempt.known.limits(self.key)
    }

    pub(super) fn item(self, start: usize, length: usize) -> Self {
        Holder { at: Some((start, length)), ..self }
    }

    /// Notes that the number which is there is beyond its bounds.
    pub(super) fn is_beyond(self, error: Error) {
        let error = match self.at {
            Some((start, length)) => error.of_item(start..start + length),
            None => error,
        };
        self.attempt.beyond.borrow_mut().push(error.of_key(self.key));
    }
}

/// An option that is no setting.
pub(super) struct Unknown {
    pub(super) key: String,
    /// How much of the key leads to the table that does not know it.
    pub(super) prefix: String,
    /// What the table does know.
    pub(super) known: &'static [&'static str],
}

impl<'a> Attempt<'a> {
    pub(super) fn first<S: DeserializeOwned + JsonSchema + 'static>(
        options: Options<'a>,
    ) -> Attempt<'a> {
        Attempt {
            options,
            known: Known::of::<S>(),
            skipped: Vec::new(),
            none: Vec::new(),
            unknown: RefCell::default(),
            beyond: RefCell::default(),
        }
    }

    pub(super) fn text(&'a self, key: &'a str, text: &'a str) -> Text<'a> {
        let is_none = self.none.iter().any(|none| none == key);
        Text { text, is_none, holder: Some(Holder { attempt: self, key, at: None }) }
    }

    pub(super) fn is_skipped(&self, path: &str) -> bool {
        self.skipped.iter().any(|skipped| skipped == path)
    }
}
