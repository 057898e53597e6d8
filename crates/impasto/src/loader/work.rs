//! What is still to be walked.

use std::sync::Arc;

use super::level::Level;
use super::trail::Trail;
use super::tree::NodeId;
use super::wanted::{Passed, Wanted};
use super::word::Word;
use crate::registry::Group;

/// A chain of `use` to be followed.
pub(super) struct Walk {
    /// Where the result goes.
    pub(super) into: NodeId,
    /// Sections passed already, outermost first.
    pub(super) levels: Vec<Level>,
    pub(super) wanted: Wanted,
}

/// A list whose last entry is walked next.
#[derive(Default)]
pub(super) struct Work(Vec<Job>);

enum Job {
    Walk(Walk),
    Filters(Filters),
}

/// The filters of a pipeline, which share all but their names: each becomes a walk when it is its
/// turn, for there may be thousands.
pub(super) struct Filters {
    /// Where the result of the first goes; those of the others go behind it.
    pub(super) into: NodeId,
    pub(super) words: Vec<Word>,
    pub(super) passed: Passed,
    /// The trail of them all.
    pub(super) trail: Trail,
}

impl Work {
    pub(super) fn push(&mut self, walk: Walk) {
        self.0.push(Job::Walk(walk));
    }

    pub(super) fn push_filters(&mut self, filters: Filters) {
        self.0.push(Job::Filters(filters));
    }

    /// Takes the next walk from the list.
    pub(super) fn next(&mut self) -> Option<Walk> {
        while let Job::Filters(filters) = self.0.last_mut()? {
            if let Some(walk) = filters.next() {
                return Some(walk);
            }
            self.0.pop();
        }
        match self.0.pop()? {
            Job::Walk(walk) => Some(walk),
            Job::Filters(_) => None,
        }
    }
}

impl Filters {
    fn next(&mut self) -> Option<Walk> {
        let (name, trail) = self.words.pop()?.cite(&self.trail);
        let wanted = Wanted {
            group: Group::Filter,
            name,
            frame: Some(Arc::clone(&trail.visit.frame)),
            passed: Some(self.passed.clone()),
            trail: Some(trail),
        };
        Some(Walk { into: self.into + self.words.len(), levels: Vec::new(), wanted })
    }
}
