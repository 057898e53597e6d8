//! A section that was read, on the way along a chain of `use`.

use std::sync::Arc;

use super::conf::Conf;
use super::trail::Trail;
use super::tree::{ConfId, Require};
use super::value::Value;
use super::visit::Visit;
use crate::ini::Section;

/// A section that was read.
pub(super) struct Level {
    pub(super) visit: Arc<Visit>,
    pub(super) global: ConfId,
    /// The globals that what it names may share.
    pub(super) passed_on: ConfId,
    pub(super) local: ConfId,
    /// What its `set` options say.
    pub(super) additions: Option<Arc<Conf>>,
    pub(super) filter_with: Option<Value>,
    pub(super) requires: Vec<Require>,
}

impl Level {
    pub(super) fn section(&self) -> Section<'_> {
        self.visit.section()
    }

    /// The trail of something that option `key` of this section names.
    pub(super) fn cite(&self, key: &'static str, value: &Value) -> Trail {
        Trail::new(&self.visit, key, value)
    }
}
