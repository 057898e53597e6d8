//! What the probes of one request have seen.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use impasto::{Exchange, Response};

use super::head::{Answered, Asked};
use crate::Layer;

/// Where probes write. One request at a time.
#[derive(Default)]
pub(super) struct Recorder(Mutex<Record>);

#[derive(Default)]
struct Record {
    visits: Vec<Visit>,
    /// Those that are not over, outermost first.
    open: Vec<usize>,
    /// Which request this is: what belongs to an earlier one is late.
    number: u64,
}

/// A request in a layer, and all that is further in.
pub(super) struct Visit {
    pub(super) layer: Layer,
    /// The visit that this one is a part of.
    pub(super) parent: Option<usize>,
    pub(super) asked: Asked,
    /// `None` where the request was given up before there was an answer.
    pub(super) answered: Option<Answered>,
    pub(super) took: Duration,
    begun: Instant,
}

/// The number of a request and that of a visit in it.
pub(super) type Ticket = (u64, usize);

impl Recorder {
    pub(super) fn begin(&self) {
        let mut record = self.record();
        *record = Record { number: record.number + 1, ..Record::default() };
    }

    /// What was seen since.
    pub(super) fn end(&self) -> Vec<Visit> {
        std::mem::take(&mut self.record().visits)
    }

    pub(super) fn enter(&self, layer: &Layer, exchange: &Exchange) -> Ticket {
        let mut record = self.record();
        let (at, parent) = (record.visits.len(), record.open.last().copied());
        record.visits.push(Visit {
            layer: layer.clone(),
            parent,
            asked: Asked::of(exchange),
            answered: None,
            took: Duration::ZERO,
            begun: Instant::now(),
        });
        record.open.push(at);
        (record.number, at)
    }

    /// `response` is `None` where the visit was given up.
    pub(super) fn leave(&self, (number, at): Ticket, response: Option<&Response>) {
        let mut record = self.record();
        if number != record.number {
            return;
        }
        if let Some(open) = record.open.iter().position(|open| *open == at) {
            record.open.truncate(open);
        }
        if let Some(visit) = record.visits.get_mut(at) {
            visit.took = visit.begun.elapsed();
            visit.answered = response.map(Answered::of);
        }
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
