//! What came of a request.

use std::time::Duration;

use http::response::Parts;
use http::{HeaderMap, StatusCode};

use super::record::Visit;
use crate::Layer;

/// An answer, and what each layer did for it.
pub struct Outcome {
    /// The status of the answer.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, up to 16 MiB.
    pub body: Vec<u8>,
    /// Whether that is the whole body.
    pub is_whole: bool,
    /// The layers that the request came to, in the order in which it did.
    pub passages: Vec<Passage>,
    answered_by: Option<usize>,
}

/// A request in one layer.
pub struct Passage {
    /// The layer.
    pub layer: Layer,
    /// How many layers are around it.
    pub depth: usize,
    /// How long it took with all that is further in, until there was an answer; its body comes later.
    pub took: Duration,
    /// How long without.
    pub own: Duration,
    /// How it ended here.
    pub ending: Ending,
    /// What the layer changed in the request before it passed that on: `+ name: value`, `path: a -> b`.
    pub request: Vec<String>,
    /// What it changed in the answer.
    pub response: Vec<String>,
}

/// How a request ended in a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The layer passed it on, and an answer came back.
    Passed,
    /// The layer answered by itself; why, where that was not its will.
    Answered(StatusCode, Option<String>),
    /// It was given up while it was here: somebody outside ran out of time, or something panicked.
    Abandoned,
}

impl Outcome {
    pub(super) fn new(
        head: Parts,
        (body, is_whole): (Vec<u8>, bool),
        visits: Vec<Visit>,
    ) -> Outcome {
        let mut inner = vec![Vec::new(); visits.len()];
        for (at, visit) in visits.iter().enumerate() {
            if let Some(parent) = visit.parent {
                inner[parent].push(at);
            }
        }
        let answered_by = answerer(&visits, &inner);
        let mut depths: Vec<usize> = Vec::with_capacity(visits.len());
        let mut passages = Vec::with_capacity(visits.len());
        for (at, visit) in visits.iter().enumerate() {
            let depth = visit.parent.map_or(0, |parent| depths[parent] + 1);
            depths.push(depth);
            let spent: Duration = inner[at].iter().map(|at| visits[*at].took).sum();
            // The last that has an answer is the one whose answer it is.
            let before = inner[at].iter().rev().find_map(|at| visits[*at].answered.as_ref());
            let ending = match (&visit.answered, before) {
                (None, _) => Ending::Abandoned,
                (Some(_), Some(_)) => Ending::Passed,
                (Some(own), None) => Ending::Answered(own.status, own.failure.clone()),
            };
            let first = inner[at].first().map(|at| &visits[*at].asked);
            let request = first.map(|first| visit.asked.changes(first));
            let response = visit.answered.as_ref().and_then(|own| Some(before?.changes(own)));
            passages.push(Passage {
                layer: visit.layer.clone(),
                depth,
                took: visit.took,
                own: visit.took.saturating_sub(spent),
                ending,
                request: request.unwrap_or_default(),
                response: response.unwrap_or_default(),
            });
        }
        let (status, headers) = (head.status, head.headers);
        Outcome { status, headers, body, is_whole, passages, answered_by }
    }

    /// The layer whose answer this is, whatever others have made of it.
    pub fn answered_by(&self) -> Option<&Passage> {
        self.passages.get(self.answered_by?)
    }

    /// The filters that the request came to, outermost first.
    pub fn filters(&self) -> impl Iterator<Item = String> {
        let filters = self.passages.iter().filter(|passage| passage.layer.kind() == "filter");
        filters.map(|passage| passage.layer.name())
    }
}

/// From the outermost on: the one behind which nobody has answered.
fn answerer(visits: &[Visit], inner: &[Vec<usize>]) -> Option<usize> {
    let mut at = visits.iter().position(|visit| visit.parent.is_none())?;
    loop {
        let answered = |at: &&usize| visits[**at].answered.is_some();
        match inner[at].iter().rev().find(answered) {
            Some(further) => at = *further,
            None => return Some(at),
        }
    }
}
