//! A section on its way to be loaded.

use std::ops::Deref;
use std::sync::Arc;

use super::conf::Conf;
use super::files::File;
use super::frame::Frame;
use super::trail::{self, Trail};
use crate::ini::{Document, Section};
use crate::registry::Group;

/// A section as it is being loaded: what it is loaded as, with which globals, and who named it.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) frame: Arc<Frame>,
    /// Where the section is in its file.
    pub(crate) at: u32,
    pub(crate) group: Group,
    pub(crate) passed: Option<Arc<Conf>>,
    /// Who named the section; none when a caller did.
    pub(crate) trail: Option<Trail>,
    /// How many references led here.
    pub(super) depth: u32,
}

/// A visit, shared where the section refers to others, whose trails lead through it. Most sections
/// refer to none.
pub(crate) enum Visited {
    Own(Visit),
    Shared(Arc<Visit>),
}

impl Deref for Visited {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        match self {
            Visited::Own(visit) => visit,
            Visited::Shared(visit) => visit,
        }
    }
}

impl Visited {
    pub(super) fn share(&self) -> Arc<Visit> {
        match self {
            Visited::Own(visit) => Arc::new(visit.clone()),
            Visited::Shared(visit) => Arc::clone(visit),
        }
    }
}

/// A section and what it is loaded as: file, position, group.
pub(crate) type VisitedSection = (*const File, u32, Group);

impl Visit {
    pub(crate) fn new(
        frame: Arc<Frame>,
        at: u32,
        group: Group,
        passed: Option<Arc<Conf>>,
        trail: Option<Trail>,
    ) -> Visit {
        let depth = trail::depth(trail.as_ref());
        Visit { frame, at, group, passed, trail, depth }
    }

    pub(crate) fn document(&self) -> &Document {
        &self.frame.file.document
    }

    pub(crate) fn section(&self) -> Section<'_> {
        self.document().section_at(self.at)
    }

    /// Which section it is, whatever the globals.
    pub(crate) fn visited(&self) -> VisitedSection {
        (Arc::as_ptr(&self.frame.file), self.at, self.group)
    }

    /// The same section for the same purpose with the same globals: it would go the same way.
    pub(super) fn repeats(&self, other: &Visit) -> bool {
        let same_globals = || match (&self.passed, &other.passed) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one == other,
            (None, None) => true,
            _ => false,
        };
        self.visited() == other.visited() && same_globals()
    }
}
