//! Who needed it: the references that led from a caller to a section.

use std::sync::Arc;

use super::value::Value;
use super::visit::Visit;
use crate::problem::{Fix, Need, Place, Problem, Span};

/// References nest this deep; PasteDeploy ends near 490 with a `RecursionError`.
pub(crate) const MAX_DEPTH: u32 = 1000;

/// One reference, and through the section that makes it those that led there. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Trail {
    pub(crate) visit: Arc<Visit>,
    said: Said,
    /// Whether the name came from the environment or a secret file, and is not to be shown.
    pub(crate) secret: bool,
}

/// Which option holds the name that is loaded next, and where it is written.
#[derive(Clone)]
enum Said {
    /// An option of the section's own file; no place when a caller gave it.
    Here {
        key: &'static str,
        span: Option<Span>,
    },
    Elsewhere(Arc<Elsewhere>),
}

/// An option that may stand in another section or file than that of the visit.
struct Elsewhere {
    key: String,
    section: String,
    place: Option<Place>,
}

impl Trail {
    /// The reference that `value` holds, which is option `key` of the visited section.
    pub(crate) fn new(visit: Arc<Visit>, key: &'static str, value: &Value) -> Trail {
        let secret = value.is_secret();
        match value.origin().entry() {
            Some(entry) if !std::ptr::eq(entry.section().document(), visit.document()) => {
                let section = visit.section().name().to_owned();
                Trail::elsewhere(visit, key, &section, Some(entry.value_place()), secret)
            }
            entry => {
                let span = entry.map(|entry| entry.value_span());
                Trail { visit, said: Said::Here { key, span }, secret }
            }
        }
    }

    /// The reference that an option holds which any section may have.
    pub(crate) fn elsewhere(
        visit: Arc<Visit>,
        key: &str,
        section: &str,
        place: Option<Place>,
        secret: bool,
    ) -> Trail {
        let elsewhere = Elsewhere { key: key.to_owned(), section: section.to_owned(), place };
        let said = Said::Elsewhere(Arc::new(elsewhere));
        Trail { visit, said, secret }
    }

    /// The same, when the name is only a part of the value: the one at `word` of the text that is
    /// written there.
    pub(crate) fn word(mut self, word: Span) -> Trail {
        match &mut self.said {
            Said::Here { span, .. } => *span = span.map(|span| span.narrow(word)),
            Said::Elsewhere(said) => {
                let Elsewhere { key, section, place } = &**said;
                let place = place.as_ref().map(|place| place.narrow(word.range()));
                return Trail::elsewhere(Arc::clone(&self.visit), key, section, place, self.secret);
            }
        }
        self
    }

    /// The option that holds the name.
    pub(crate) fn key(&self) -> &str {
        match &self.said {
            Said::Here { key, .. } => key,
            Said::Elsewhere(said) => &said.key,
        }
    }

    /// The section that the option stands in.
    pub(crate) fn section(&self) -> &str {
        match &self.said {
            Said::Here { .. } => self.visit.section().name(),
            Said::Elsewhere(said) => &said.section,
        }
    }

    /// Where the name is written.
    pub(crate) fn place(&self) -> Option<Place> {
        match &self.said {
            Said::Here { span, .. } => {
                span.map(|span| Place::new(self.visit.document().source(), span.range()))
            }
            Said::Elsewhere(said) => said.place.clone(),
        }
    }

    /// What is written there.
    pub(crate) fn written(&self) -> &str {
        match &self.said {
            Said::Here { span, .. } => {
                let text = self.visit.document().source().text();
                span.map(|span| span.text(text)).unwrap_or_default()
            }
            Said::Elsewhere(said) => said.place.as_ref().map(Place::text).unwrap_or_default(),
        }
    }

    /// The reference itself and those that led to it, nearest first.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Trail> {
        std::iter::successors(Some(self), |trail| trail.visit.trail.as_ref())
    }
}

/// How many references led here.
pub(crate) fn depth(trail: Option<&Trail>) -> u32 {
    trail.map_or(0, |trail| trail.visit.depth + 1)
}

/// The way from an earlier visit of the same kind to this one, in words, if there is one. It begins
/// with the section that stands first, so that a circle has one name wherever it is entered.
pub(crate) fn cycle(visit: &Visit) -> Option<String> {
    let trail = visit.trail.as_ref()?;
    let length = trail.steps().position(|step| step.visit.repeats(visit))? + 1;
    let mut way: Vec<&Trail> = trail.steps().take(length).collect();
    way.reverse();
    let place = |step: &&Trail| (Arc::clone(&step.visit.frame.file.path), step.visit.at);
    let first = way.iter().map(place).min();
    let start = way.iter().position(|step| Some(place(step)) == first);
    way.rotate_left(start.unwrap_or_default());
    let across = way.iter().any(|step| !Arc::ptr_eq(&step.visit.frame.file, &visit.frame.file));
    let shown = |step: &&Trail| match across {
        true => format!("[{}] of {}", step.section(), step.visit.document().source().name()),
        false => format!("[{}]", step.section()),
    };
    let mut names: Vec<String> = way.iter().map(shown).collect();
    names.extend(names.first().cloned());
    Some(names.join(" -> "))
}

/// How many steps of a trail a problem shows: the nearest are the ones that help.
const SHOWN: usize = 20;

impl Problem {
    /// Says that `trail` led here.
    pub(crate) fn needed_by(mut self, trail: Option<&Trail>) -> Problem {
        let steps = trail.into_iter().flat_map(Trail::steps).take(SHOWN);
        self.needed_by.extend(steps.map(|step| Need {
            place: step.place(),
            section: step.section().to_owned(),
            key: step.key().to_owned(),
        }));
        self
    }

    /// Says that the name that `trail` ends with is the problem.
    pub(crate) fn cited_by(mut self, trail: Option<&Trail>) -> Problem {
        let Some(trail) = trail else { return self };
        if trail.secret {
            // Message, help and reference may all repeat the name, or a part of it.
            let what = self.code.as_str().replace('-', " ");
            self.message = format!("the masked value of `{}` is wrong: {what}", trail.key());
            self.help.clear();
            self.labels.clear();
            self.fix = Fix::Unknown;
            self.lacks = None;
            let written = trail.place().map(|place| place.text().to_owned());
            self.reference = self.reference.and(written);
        }
        let place = self.place.clone().or_else(|| trail.place());
        let continued = place.as_ref().filter(|_| trail.key() != "pipeline");
        let problem = match continued.and_then(Place::second_line) {
            Some(line) => self.label(line, "the value goes on here, for this line is indented"),
            None => self,
        };
        problem
            .at(place)
            .section(trail.section())
            .key(trail.key())
            .needed_by(trail.visit.trail.as_ref())
    }
}
