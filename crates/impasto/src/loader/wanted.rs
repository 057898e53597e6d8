//! What is to be resolved.

use std::sync::Arc;

use super::conf::Conf;
use super::frame::Frame;
use super::trail::Trail;
use super::tree::ConfId;
use crate::registry::Group;

/// Something to be resolved.
pub(crate) struct Wanted {
    pub(crate) group: Group,
    pub(super) name: Name,
    /// The file whose sections names mean.
    pub(crate) frame: Option<Arc<Frame>>,
    pub(super) passed: Option<Passed>,
    /// Who asks.
    pub(crate) trail: Option<Trail>,
}

/// A name or URI.
pub(super) enum Name {
    /// A bare section is meant.
    None,
    /// What stands where the trail ends.
    Cited,
    Own(Box<str>),
}

/// Globals that a reference passes on: the shared settings themselves, and what they held when the
/// reference was followed.
#[derive(Clone)]
pub(super) struct Passed {
    pub(super) id: Option<ConfId>,
    pub(super) conf: Arc<Conf>,
}

impl Wanted {
    /// What a caller asks for.
    pub(crate) fn new(
        group: Group,
        name: Option<&str>,
        frame: Option<Arc<Frame>>,
        passed: Option<Arc<Conf>>,
        trail: Option<Trail>,
    ) -> Wanted {
        let name = name.map_or(Name::None, Name::from);
        let passed = passed.map(|conf| Passed { id: None, conf });
        Wanted { group, name, frame, passed, trail }
    }

    /// A name or URI; none finds a bare section.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.text(self.trail.as_ref())
    }
}

impl Name {
    /// The name that `trail` leads to.
    pub(super) fn text<'a>(&'a self, trail: Option<&'a Trail>) -> Option<&'a str> {
        match self {
            Name::None => None,
            Name::Cited => trail.map(Trail::written),
            Name::Own(name) => Some(name),
        }
    }

    /// A name that `trail` leads to: mostly it is written just so where that ends.
    pub(super) fn cited(name: &str, trail: &Trail) -> Name {
        if trail.written() == name { Name::Cited } else { Name::from(name) }
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Name {
        Name::Own(name.into())
    }
}
