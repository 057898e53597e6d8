//! A section that was read, on the way along a chain of `use`.

use std::sync::Arc;

use super::conf::Conf;
use super::directives::{Directive, Directives};
use super::trail::Trail;
use super::tree::{ConfId, Require};
use super::value::Value;
use super::visit::Visited;
use crate::ini::Section;

/// A section that was read.
pub(super) struct Level {
    pub(super) visit: Visited,
    pub(super) global: ConfId,
    /// The globals that what it names may share.
    pub(super) passed_on: ConfId,
    pub(super) local: ConfId,
    /// What its `set` options say.
    pub(super) additions: Option<Arc<Conf>>,
    /// What the section says about itself, until that is looked at.
    pub(super) directives: Directives,
    pub(super) requires: Vec<Require>,
}

impl Level {
    pub(super) fn section(&self) -> Section<'_> {
        self.visit.section()
    }

    pub(super) fn take(&mut self, directive: Directive) -> Option<Value> {
        self.directives.take(directive)
    }

    /// The trail of something that option `key` of this section names.
    pub(super) fn cite(&self, key: &'static str, value: &Value) -> Trail {
        Trail::new(self.visit.share(), key, value)
    }
}
