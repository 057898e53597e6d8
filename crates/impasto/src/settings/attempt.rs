//! One attempt to read a section.

use std::cell::RefCell;

use schemars::{JsonSchema, Schema};

use super::Options;
use super::declared::declared;
use super::text::Text;

/// What to read, and what the attempts before this one taught: serde stops at the first error, so a
/// section is read again without what is known to be wrong, until nothing new comes up.
pub(super) struct Attempt<'a> {
    pub(super) options: Options<'a>,
    pub(super) schema: fn() -> Schema,
    /// What a type that takes any name declares all the same.
    pub(super) declared: fn() -> &'static [&'static str],
    /// Options and tables that are known to be wrong.
    pub(super) skipped: Vec<String>,
    /// Options whose empty text is no value.
    pub(super) none: Vec<String>,
    pub(super) unknown: RefCell<Vec<Unknown>>,
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
    pub(super) fn first<S: JsonSchema + 'static>(options: Options<'a>) -> Attempt<'a> {
        Attempt {
            options,
            schema: || schemars::schema_for!(S),
            declared: declared::<S>,
            skipped: Vec::new(),
            none: Vec::new(),
            unknown: RefCell::default(),
        }
    }

    pub(super) fn text(&self, key: &str, text: &'a str) -> Text<'a> {
        let is_none = self.none.iter().any(|none| none == key);
        Text { text, is_none }
    }

    pub(super) fn is_skipped(&self, path: &str) -> bool {
        self.skipped.iter().any(|skipped| skipped == path)
    }
}
