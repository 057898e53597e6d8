//! How slow the other side may be.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// What is asked of one who sends or takes bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slowest {
    /// The longest time without any; `None` is for ever.
    pub(crate) pause: Option<Duration>,
    /// The least bytes a second, on average; 0 is no rate.
    pub(crate) rate: u64,
    /// How long nobody looks at the average.
    pub(crate) grace: Duration,
}

/// One who is waited for. Waiting costs credit, bytes earn it; only waiting counts, so it makes no
/// difference how long we take ourselves.
#[derive(Debug)]
pub(crate) struct Pace {
    slowest: Slowest,
    /// How long it may still be waited for; nobody earns more than [`Pace::MOST`] times the grace, so
    /// that a fast beginning does not pay for an endless end.
    credit: Duration,
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    const MOST: u32 = 10;

    pub(crate) fn new(slowest: Slowest) -> Pace {
        Pace { slowest, credit: slowest.grace, since: None, alarm: None }
    }

    /// Bytes came, or left.
    pub(crate) fn moved(&mut self, bytes: usize) {
        let Some(since) = self.since.take() else { return };
        if let Some(nanos) =
            (bytes as u64).saturating_mul(1_000_000_000).checked_div(self.slowest.rate)
        {
            let credit = self.credit.saturating_sub(since.elapsed());
            let earned = Duration::from_nanos(nanos);
            self.credit = credit.saturating_add(earned).min(self.slowest.grace * Pace::MOST);
        }
    }

    /// Waits; ready when that took too long.
    pub(crate) fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        let credit = Some(self.credit).filter(|_| self.slowest.rate > 0);
        let Some(longest) = self.slowest.pause.into_iter().chain(credit).min() else {
            return Poll::Pending;
        };
        let deadline = since + longest;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        // One that rings too early is set anew when it rings, not with every byte.
        while alarm.deadline() > deadline || alarm.as_mut().poll(cx).is_ready() {
            if alarm.is_elapsed() && Instant::now() >= deadline {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    const GRACE: Duration = Duration::from_millis(100);

    async fn late(pace: &mut Pace) -> Duration {
        let start = Instant::now();
        poll_fn(|cx| pace.poll_late(cx)).await;
        start.elapsed()
    }

    async fn wait(pace: &mut Pace, time: Duration) {
        assert!(tokio::time::timeout(time, late(pace)).await.is_err(), "it was given time");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_ends_patience_whatever_came_before() {
        let pause = Some(Duration::from_millis(60));
        let mut pace = Pace::new(Slowest { pause, rate: 1, grace: GRACE * 100 });
        wait(&mut pace, Duration::from_millis(30)).await;
        pace.moved(1_000_000);
        wait(&mut pace, Duration::from_millis(40)).await;
        pace.moved(1);
        assert!(late(&mut pace).await >= Duration::from_millis(50));
    }

    #[tokio::test(start_paused = true)]
    async fn a_trickle_is_too_slow() {
        let mut pace = Pace::new(Slowest { pause: None, rate: 1000, grace: GRACE * 4 });
        // 10 bytes earn 10 ms and have taken 100.
        for _ in 0..2 {
            wait(&mut pace, Duration::from_millis(100)).await;
            pace.moved(10);
        }
        assert!(late(&mut pace).await < GRACE * 4);
    }

    #[tokio::test(start_paused = true)]
    async fn who_keeps_the_rate_is_never_late() {
        let mut pace = Pace::new(Slowest { pause: None, rate: 1000, grace: GRACE });
        for _ in 0..8 {
            wait(&mut pace, Duration::from_millis(40)).await;
            pace.moved(100);
        }
        let mut endless = Pace::new(Slowest { pause: None, rate: 0, grace: GRACE });
        wait(&mut endless, GRACE * 2).await;
    }
}
