//! Whether a thread has been in one poll of a connection for long.
//!
//! A runtime with several threads goes on when a handler spins in one of them, so its own timers do
//! not tell. Here each thread notes the hour in which it began to poll a connection, and wipes it out
//! when it is done: two stores to memory of its own. An hour is as long as whoever looks says; no clock
//! is read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

static HOUR: AtomicU64 = AtomicU64::new(1);
static THREADS: Mutex<Vec<Arc<AtomicU64>>> = Mutex::new(Vec::new());

thread_local! {
    static OURS: Arc<AtomicU64> = {
        let ours = Arc::new(AtomicU64::new(0));
        let mut threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
        // A thread that has ended keeps nothing here alive.
        threads.retain(|thread| Arc::strong_count(thread) > 1);
        threads.push(Arc::clone(&ours));
        ours
    };
}

/// Runs `poll`, and lets [`is_stuck`] know when it does not come back.
pub(crate) fn watched<T>(poll: impl FnOnce() -> T) -> T {
    OURS.with(|ours| {
        ours.store(HOUR.load(Ordering::Relaxed), Ordering::Relaxed);
        let polled = poll();
        ours.store(0, Ordering::Relaxed);
        polled
    })
}

/// Begins another hour, and says whether a thread is still in a poll that began before the last.
pub(crate) fn is_stuck() -> bool {
    let hour = HOUR.fetch_add(1, Ordering::Relaxed);
    let threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    threads.iter().any(|thread| {
        let began = thread.load(Ordering::Relaxed);
        began != 0 && began + 1 < hour
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_poll_that_lasts_is_stuck() {
        watched(|| ());
        (0..5).for_each(|_| assert!(!is_stuck()));
        let looks: Vec<bool> = watched(|| (0..4).map(|_| is_stuck()).collect());
        assert_eq!(looks, [false, false, true, true]);
        assert!(!is_stuck());
    }
}
