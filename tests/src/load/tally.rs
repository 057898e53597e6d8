//! What came of all requests.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use super::Failure;

/// How many failures are described.
const DESCRIBED: usize = 20;

/// Counts.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many requests were sent, or could not be.
    pub requests: u64,
    /// How many connections were opened.
    pub connections: u64,
    /// How many failed, and how.
    pub failures: BTreeMap<Failure, u64>,
    /// How many failed over a connection of this worker. One that never answered has number 0.
    pub by_worker: BTreeMap<u32, u64>,
    /// The first answer of each worker that says who it is.
    pub first_answers: BTreeMap<u32, Instant>,
    /// The first failures in words.
    pub described: Vec<String>,
    /// How long the answers to `GET /` took, in microseconds.
    pub latencies: Vec<u32>,
}

impl Tally {
    /// All that failed.
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// Those that failed in this way.
    pub fn count(&self, failure: Failure) -> u64 {
        self.failures.get(&failure).copied().unwrap_or_default()
    }

    /// The time in which so many of a hundred answers came.
    pub fn percentile(&self, percent: f64) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = (sorted.len() as f64 * percent / 100.0) as usize;
        let found = sorted.get(at.min(sorted.len().saturating_sub(1)));
        Duration::from_micros(found.copied().unwrap_or_default().into())
    }

    pub(super) fn answered(&mut self, worker: u32, took: Option<Duration>) {
        self.requests += 1;
        self.first_answers.entry(worker).or_insert_with(Instant::now);
        let micros = took.map(|took| u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
        self.latencies.extend(micros);
    }

    pub(super) fn failed_with(&mut self, failure: Failure, worker: u32, words: String) {
        self.requests += 1;
        *self.failures.entry(failure).or_default() += 1;
        *self.by_worker.entry(worker).or_default() += 1;
        if self.described.len() < DESCRIBED {
            self.described.push(words);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (requests, connections) = (self.requests, self.connections);
        write!(f, "{requests} requests over {connections} connections, {} failed", self.failed())?;
        for (failure, count) in &self.failures {
            write!(f, "; {failure:?}: {count}")?;
        }
        self.described.iter().try_for_each(|words| write!(f, "\n  {words}"))
    }
}
