//! Asking servers to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// A handle that stops every server it was given to; clones are the same handle.
///
/// A stop only ever becomes more urgent: nothing takes it back.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    urgency: AtomicU8,
    changed: Notify,
}

/// How urgent a [`Stop`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Urgency {
    /// Nobody asked for an end.
    #[default]
    None,
    /// No new connections; what is in flight is finished.
    Graceful,
    /// Everything ends now.
    Now,
}

impl Stop {
    /// A stop that nobody has asked for yet.
    pub fn new() -> Stop {
        Stop::default()
    }

    /// Lets requests in flight finish: new connections are refused, idle ones closed, HTTP/1
    /// answers say `Connection: close`, HTTP/2 clients get a GOAWAY. Asking twice changes nothing.
    pub fn graceful(&self) {
        self.ask(Urgency::Graceful);
    }

    /// Closes every connection at once.
    pub fn now(&self) {
        self.ask(Urgency::Now);
    }

    /// How urgent it is.
    pub fn urgency(&self) -> Urgency {
        match self.0.urgency.load(Ordering::Acquire) {
            0 => Urgency::None,
            1 => Urgency::Graceful,
            _ => Urgency::Now,
        }
    }

    /// Waits until it is at least this urgent.
    pub async fn reached(&self, urgency: Urgency) {
        loop {
            let changed = self.changed();
            if self.urgency() >= urgency {
                return;
            }
            changed.await;
        }
    }

    /// The next change after this call.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.0.changed.notified()
    }

    fn ask(&self, urgency: Urgency) {
        let before = self.0.urgency.fetch_max(urgency as u8, Ordering::AcqRel);
        if before < urgency as u8 {
            self.0.changed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stop_is_seen_by_all_and_never_taken_back() {
        let stop = Stop::new();
        let waiting = tokio::spawn({
            let stop = stop.clone();
            async move { stop.reached(Urgency::Now).await }
        });
        stop.graceful();
        stop.reached(Urgency::Graceful).await;
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        stop.now();
        stop.graceful();
        assert_eq!(stop.urgency(), Urgency::Now);
        waiting.await.unwrap();
    }
}
