//! What is still to be walked.

use std::ops::Range;
use std::sync::Arc;

use super::level::Level;
use super::resolve::Resolver;
use super::trail::Trail;
use super::tree::NodeId;
use super::wanted::{Name, Passed, Wanted};
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

impl Resolver<'_> {
    /// Puts a name that `level` refers to on the list.
    pub(super) fn queue(
        &mut self,
        level: &Level,
        group: Group,
        name: Name,
        trail: Trail,
    ) -> NodeId {
        self.queue_below(Vec::new(), level, group, name, trail)
    }

    /// The same, with sections whose settings override what the name leads to.
    pub(super) fn queue_below(
        &mut self,
        levels: Vec<Level>,
        level: &Level,
        group: Group,
        name: Name,
        trail: Trail,
    ) -> NodeId {
        let into = self.tree.reserve();
        let wanted = Wanted {
            group,
            name,
            frame: Some(Arc::clone(&level.visit.frame)),
            passed: Some(self.pass(level)),
            trail: Some(trail),
        };
        self.work.push(Walk { into, levels, wanted });
        into
    }

    /// Puts the filters of the pipeline `level` on the list, whose names are `words` of the value
    /// that `trail` ends with.
    pub(super) fn queue_filters(
        &mut self,
        level: &Level,
        words: Vec<Word>,
        trail: Trail,
    ) -> Range<NodeId> {
        let count = words.len();
        self.visited.reserve(count);
        let into = self.tree.reserve_all(count);
        let passed = self.pass(level);
        self.work.push_filters(Filters { into: into.start, words, passed, trail });
        into
    }

    pub(super) fn pass(&self, level: &Level) -> Passed {
        Passed { id: Some(level.global), conf: Arc::clone(&self.tree.globals[level.global]) }
    }
}
