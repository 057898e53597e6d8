//! Who needed it: the references that led from a caller to a section.

use std::borrow::Cow;
use std::sync::Arc;

use super::conf::Conf;
use super::files::File;
use crate::problem::{Need, Place, Problem};
use crate::registry::Group;

/// References nest this deep; PasteDeploy ends near 490 with a `RecursionError`.
pub(crate) const MAX_DEPTH: usize = 1000;

/// One reference: an option of a section that names what is loaded next.
pub(crate) struct Trail {
    pub(crate) parent: Option<Arc<Trail>>,
    pub(crate) visit: Visit,
    pub(crate) section: Arc<str>,
    pub(crate) key: Cow<'static, str>,
    /// Where the name is written.
    pub(crate) place: Option<Place>,
    /// Whether the name came from the environment or a secret file, and is not to be shown.
    pub(crate) secret: bool,
    depth: usize,
}

/// A section as it was being loaded when it made the reference.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) file: Arc<File>,
    pub(crate) section: usize,
    pub(crate) group: Group,
    pub(crate) passed: Option<Arc<Conf>>,
}

/// A section and what it is loaded as: file, position, group.
pub(crate) type VisitedSection = (*const File, usize, Group);

impl Visit {
    /// Which section it is, whatever the globals.
    pub(crate) fn section(&self) -> VisitedSection {
        (Arc::as_ptr(&self.file), self.section, self.group)
    }

    /// The same section for the same purpose with the same globals: it would go the same way.
    fn repeats(&self, other: &Visit) -> bool {
        let same_globals = || match (&self.passed, &other.passed) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one == other,
            (None, None) => true,
            _ => false,
        };
        self.section == other.section
            && Arc::ptr_eq(&self.file, &other.file)
            && self.group == other.group
            && same_globals()
    }
}

impl Trail {
    pub(crate) fn new(
        parent: Option<&Arc<Trail>>,
        visit: Visit,
        section: &Arc<str>,
        key: impl Into<Cow<'static, str>>,
        (place, secret): (Option<Place>, bool),
    ) -> Arc<Trail> {
        Arc::new(Trail {
            parent: parent.cloned(),
            visit,
            section: Arc::clone(section),
            key: key.into(),
            place,
            secret,
            depth: depth(parent) + 1,
        })
    }

    /// The reference itself and those that led to it, nearest first.
    pub(crate) fn steps(self: &Arc<Trail>) -> impl Iterator<Item = &Trail> {
        std::iter::successors(Some(&**self), |trail| trail.parent.as_deref())
    }
}

pub(crate) fn depth(trail: Option<&Arc<Trail>>) -> usize {
    trail.map_or(0, |trail| trail.depth)
}

/// The way from an earlier visit of the same kind to here, in words, if there is one. It begins with
/// the section that stands first, so that a circle has one name wherever it is entered.
pub(crate) fn cycle(trail: Option<&Arc<Trail>>, visit: &Visit) -> Option<String> {
    let length = trail?.steps().position(|step| step.visit.repeats(visit))? + 1;
    let mut way: Vec<&Trail> = trail?.steps().take(length).collect();
    way.reverse();
    let place = |step: &&Trail| (Arc::clone(&step.visit.file.path), step.visit.section);
    let first = way.iter().map(place).min();
    let start = way.iter().position(|step| Some(place(step)) == first);
    way.rotate_left(start.unwrap_or_default());
    let across = way.iter().any(|step| !Arc::ptr_eq(&step.visit.file, &visit.file));
    let shown = |step: &&Trail| match across {
        true => format!("[{}] of {}", step.section, step.visit.file.document.source().name()),
        false => format!("[{}]", step.section),
    };
    let mut names: Vec<String> = way.iter().map(shown).collect();
    names.extend(names.first().cloned());
    Some(names.join(" -> "))
}

/// How many steps of a trail a problem shows: the nearest are the ones that help.
const SHOWN: usize = 20;

impl Problem {
    /// Says that `trail` led here.
    pub(crate) fn needed_by(mut self, trail: Option<&Arc<Trail>>) -> Problem {
        let steps = trail.into_iter().flat_map(Trail::steps).take(SHOWN);
        self.needed_by.extend(steps.map(|step| Need {
            place: step.place.clone(),
            section: step.section.to_string(),
            key: step.key.to_string(),
        }));
        self
    }

    /// Says that the name that `trail` ends with is the problem.
    pub(crate) fn cited_by(mut self, trail: Option<&Arc<Trail>>) -> Problem {
        let Some(trail) = trail else { return self };
        if trail.secret {
            // Message, help and reference may all repeat the name, or a part of it.
            let what = self.code.as_str().replace('-', " ");
            self.message = format!("the masked value of `{}` is wrong: {what}", trail.key);
            self.help.clear();
            self.labels.clear();
            let written = trail.place.as_ref().map(|place| place.text().to_owned());
            self.reference = self.reference.and(written);
        }
        let place = self.place.clone().or_else(|| trail.place.clone());
        let continued = place.as_ref().filter(|_| &*trail.key != "pipeline");
        let problem = match continued.and_then(Place::second_line) {
            Some(line) => self.label(line, "the value goes on here, for this line is indented"),
            None => self,
        };
        problem.at(place).section(&*trail.section).key(&*trail.key).needed_by(trail.parent.as_ref())
    }
}
