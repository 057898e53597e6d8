//! How many of its requests an HTTP/2 client may cancel.
//!
//! h2 counts those that it has not handed on yet, and no others: a client that waits a moment before it
//! cancels makes apps work for nothing, as much as it likes.

use std::time::Duration;

use tokio::time::Instant;

/// So many at once: a page of many parts that is left, a proxy that loses all of its clients.
const AT_ONCE: u32 = 1000;

/// So many in a second, for ever.
const A_SECOND: u32 = 100;

/// What is left of the requests that may be cancelled.
#[derive(Debug, Default)]
pub(crate) struct Cancelled {
    /// When none would be counted any more; `None` before the first.
    forgotten: Option<Instant>,
}

impl Cancelled {
    /// One more is; whether that is too many.
    pub(crate) fn one(&mut self) -> bool {
        const EACH: Duration = Duration::from_nanos(1_000_000_000 / A_SECOND as u64);
        let now = Instant::now();
        let forgotten = self.forgotten.unwrap_or(now).max(now) + EACH;
        self.forgotten = Some(forgotten);
        forgotten - now > EACH * AT_ONCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn many_at_once_are_fine_and_a_few_always() {
        let mut cancelled = Cancelled::default();
        assert!((0..AT_ONCE).all(|_| !cancelled.one()));
        assert!(cancelled.one());
        tokio::time::advance(Duration::from_secs(11)).await;
        for _ in 0..10_000 {
            tokio::time::advance(Duration::from_millis(11)).await;
            assert!(!cancelled.one());
        }
    }
}
