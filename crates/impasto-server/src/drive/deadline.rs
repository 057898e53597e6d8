//! A deadline that moves with every request over an alarm that does not.

use std::pin::{Pin, pin};
use std::task::Context;
use std::time::Duration;

use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep};

/// When somebody loses patience; never, at first.
#[derive(Debug, Default)]
pub(crate) struct Deadline {
    at: Option<Instant>,
    /// Whether the alarm has the task's waker.
    armed: bool,
}

impl Deadline {
    /// After so long from now; never, where that is `None`.
    pub(super) fn set(&mut self, patience: Option<Duration>) {
        self.at = patience.and_then(|patience| Instant::now().checked_add(patience));
    }

    pub(super) fn clear(&mut self) {
        self.at = None;
    }

    /// At that time; never, where that is `None`.
    pub(super) fn set_at(&mut self, at: Option<Instant>) {
        self.at = at;
    }

    /// At `latest`, if it is not earlier already.
    pub(super) fn not_after(&mut self, latest: Instant) {
        self.at = Some(self.at.map_or(latest, |at| at.min(latest)));
    }

    /// Whether it is over, once; if not, the alarm rings then or earlier.
    #[inline]
    pub(super) fn has_passed(&mut self, alarm: Pin<&mut Sleep>, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.at else { return false };
        let too_late = !self.armed || at < alarm.deadline();
        (too_late || alarm.is_elapsed()) && self.arm(at, alarm, cx)
    }

    /// Sets the alarm to `at`; whether that is past.
    #[cold]
    fn arm(&mut self, at: Instant, mut alarm: Pin<&mut Sleep>, cx: &mut Context<'_>) -> bool {
        self.armed = true;
        alarm.as_mut().reset(at);
        // One that is polled when the task has no budget left does not take the waker; and budgets are
        // shared: a connection may begin with what an accept loop has left over.
        let has_passed = pin!(unconstrained(alarm)).poll(cx).is_ready();
        if has_passed {
            self.at = None;
        }
        has_passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::task::Poll;
    use tokio::task::coop::{has_budget_remaining, poll_proceed};
    use tokio::time::{sleep_until, timeout};

    #[tokio::test(start_paused = true)]
    async fn it_rings_also_for_a_task_without_budget() {
        let start = Instant::now();
        let mut alarm = pin!(sleep_until(start));
        let mut deadline = Deadline::default();
        deadline.set(Some(Duration::from_secs(3)));
        let waiting = poll_fn(|cx| {
            while has_budget_remaining() {
                if let Poll::Ready(budget) = poll_proceed(cx) {
                    budget.made_progress();
                }
            }
            match deadline.has_passed(alarm.as_mut(), cx) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        });
        // Something else wakes the task, much later.
        timeout(Duration::from_secs(30), waiting).await.unwrap();
        assert_eq!(start.elapsed().as_secs(), 3);
    }
}
