//! A deadline that moves with every request over an alarm that does not.

use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

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

    /// At `latest`, if it is not earlier already.
    pub(super) fn not_after(&mut self, latest: Instant) {
        self.at = Some(self.at.map_or(latest, |at| at.min(latest)));
    }

    /// Whether it is over, once; if not, the alarm rings then or earlier.
    pub(super) fn has_passed(&mut self, mut alarm: Pin<&mut Sleep>, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.at else { return false };
        let too_late = !self.armed || at < alarm.deadline();
        if !too_late && !alarm.is_elapsed() {
            return false;
        }
        self.armed = true;
        alarm.as_mut().reset(at);
        let has_passed = alarm.poll(cx).is_ready();
        if has_passed {
            self.at = None;
        }
        has_passed
    }
}
