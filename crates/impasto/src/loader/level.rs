//! A section that was read, on the way along a chain of `use`.

use std::sync::Arc;

use super::conf::{Conf, Value};
use super::frame::Frame;
use super::trail::{Trail, Visit};
use super::tree::{ConfId, Require};
use crate::ini::Section;
use crate::problem::Place;
use crate::registry::Group;

/// A section that was read.
pub(super) struct Level {
    pub(super) frame: Arc<Frame>,
    pub(super) section: usize,
    pub(super) group: Group,
    pub(super) visit: Visit,
    /// Who named this section.
    pub(super) trail: Option<Arc<Trail>>,
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
    pub(super) fn section(&self) -> &Section {
        self.frame.file.document.section_at(self.section)
    }

    /// The trail of something that option `key` of this section names.
    pub(super) fn cite(&self, key: &'static str, value: &Value) -> Arc<Trail> {
        self.cite_word(key, value, value.origin().value_place())
    }

    /// The trail of what one word of the value of option `key` names.
    pub(super) fn cite_word(
        &self,
        key: &'static str,
        value: &Value,
        place: Option<Place>,
    ) -> Arc<Trail> {
        let place = (place, value.is_secret());
        Trail::new(self.trail.as_ref(), self.visit.clone(), self.section().name(), key, place)
    }
}
