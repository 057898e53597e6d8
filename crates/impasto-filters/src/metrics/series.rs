//! What is counted of one service, without locks and in memory of a fixed size whatever clients send.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{Method, StatusCode};

/// The methods that are told apart; any other is `other`.
pub(super) const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "other"];

/// The upper ends of the buckets in microseconds, as they are written in seconds. They are those of
/// Prometheus' client libraries.
pub(super) const BUCKETS: [(u64, &str); 11] = [
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (500_000, "0.5"),
    (1_000_000, "1"),
    (2_500_000, "2.5"),
    (5_000_000, "5"),
    (10_000_000, "10"),
];

/// Statuses are from 100 to 999.
const STATUSES: usize = 900;

/// The counters of one service.
pub(super) struct Series {
    /// By method and status.
    answers: Box<[AtomicU64]>,
    /// By method and bucket; behind the buckets one for what took longer.
    durations: [[AtomicU64; BUCKETS.len() + 1]; METHODS.len()],
    /// In microseconds, by method.
    sums: [AtomicU64; METHODS.len()],
    pub(super) in_flight: AtomicU64,
    pub(super) abandoned: AtomicU64,
}

impl Series {
    fn new() -> Series {
        let counters = METHODS.len() * STATUSES;
        Series {
            answers: std::iter::repeat_with(AtomicU64::default).take(counters).collect(),
            durations: Default::default(),
            sums: Default::default(),
            in_flight: AtomicU64::new(0),
            abandoned: AtomicU64::new(0),
        }
    }

    /// Counts an answer to a request with the method at this place of [`METHODS`].
    pub(super) fn count(&self, method: usize, status: StatusCode, took: Duration) {
        let status = usize::from(status.as_u16()) - 100;
        self.answers[method * STATUSES + status].fetch_add(1, Relaxed);
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS.iter().position(|(end, _)| took <= *end).unwrap_or(BUCKETS.len());
        self.durations[method][bucket].fetch_add(1, Relaxed);
        self.sums[method].fetch_add(took, Relaxed);
    }

    /// The method, the status and the number of the answers that there were.
    pub(super) fn answers(&self) -> impl Iterator<Item = (&'static str, usize, u64)> {
        let counts = self.answers.iter().map(|count| count.load(Relaxed)).enumerate();
        counts
            .filter(|(_, count)| *count > 0)
            .map(|(at, count)| (METHODS[at / STATUSES], at % STATUSES + 100, count))
    }

    /// Of each method with answers the number of those in each bucket, and the sum of all in microseconds.
    pub(super) fn durations(&self) -> impl Iterator<Item = (&'static str, Vec<u64>, u64)> {
        METHODS.iter().enumerate().filter_map(|(at, method)| {
            let counts: Vec<_> = self.durations[at].iter().map(|it| it.load(Relaxed)).collect();
            let sum = self.sums[at].load(Relaxed);
            counts.iter().any(|count| *count > 0).then_some((*method, counts, sum))
        })
    }
}

/// The place of a method in [`METHODS`].
pub(super) fn place(method: &Method) -> usize {
    let other = METHODS.len() - 1;
    METHODS[..other].iter().position(|known| *known == method.as_str()).unwrap_or(other)
}

/// All services of this process. A counter lives as long as the process does: a reload begins none anew.
static ALL: Mutex<BTreeMap<String, Arc<Series>>> = Mutex::new(BTreeMap::new());

/// The counters of a service.
pub(super) fn of(service: &str) -> Arc<Series> {
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    all.entry(service.to_owned()).or_insert_with(|| Arc::new(Series::new())).clone()
}

/// All services, in the order of their names.
pub(super) fn all() -> Vec<(String, Arc<Series>)> {
    let all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    all.iter().map(|(name, series)| (name.clone(), series.clone())).collect()
}
