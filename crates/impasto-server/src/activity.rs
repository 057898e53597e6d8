//! What one connection waits for, as its parts see it.
//!
//! hyper has one timer for two different things: how long a kept-alive connection may rest, and how
//! long a client may take to send a head. [`HeadTimer`] stands where that timer would and only notes
//! when hyper begins to wait for a head; the stream notes the head's first byte, the service its
//! end. The deadlines are [`drive`](crate::drive)'s, which needs no timer per request for them.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

/// Written and read by the parts of one connection, which take turns in one task: the atomics are
/// there to be shared, never raced for.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    waits_for: AtomicU8,
    has_body: AtomicBool,
}

/// What the connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum WaitsFor {
    /// The app, or the bytes of a body.
    Answer,
    /// The first byte of a request.
    Request,
    /// The rest of a request's head.
    Head,
}

/// Set until [`Activity::look`] has seen the present wait.
const NEW: u8 = 0x80;

impl Activity {
    /// A request may come.
    pub(crate) fn waits_for_request(&self) {
        self.waits_for.store(WaitsFor::Request as u8 | NEW, Ordering::Relaxed);
    }

    /// Bytes have come; the first of them after [`Activity::waits_for_request`] begin a head.
    pub(crate) fn bytes_came(&self) {
        if self.waits_for.load(Ordering::Relaxed) & !NEW == WaitsFor::Request as u8 {
            self.waits_for.store(WaitsFor::Head as u8 | NEW, Ordering::Relaxed);
        }
    }

    /// A head is complete.
    pub(crate) fn request_came(&self, has_body: bool) {
        self.waits_for.store(WaitsFor::Answer as u8, Ordering::Relaxed);
        self.has_body.store(has_body, Ordering::Relaxed);
    }

    /// What is waited for, and whether that is news.
    pub(crate) fn look(&self) -> (WaitsFor, bool) {
        let now = self.waits_for.load(Ordering::Relaxed);
        if now & NEW != 0 {
            self.waits_for.store(now & !NEW, Ordering::Relaxed);
        }
        let waits_for = match now & !NEW {
            0 => WaitsFor::Answer,
            1 => WaitsFor::Request,
            _ => WaitsFor::Head,
        };
        (waits_for, now & NEW != 0)
    }

    /// Whether the last request has a body that may not have been read to its end.
    pub(crate) fn may_have_unread_body(&self) -> bool {
        let waits_for = self.waits_for.load(Ordering::Relaxed) & !NEW;
        waits_for == WaitsFor::Answer as u8 && self.has_body.load(Ordering::Relaxed)
    }
}

/// Tells an [`Activity`] when hyper begins to wait for a head, which is when it asks for this timer.
pub(crate) struct HeadTimer {
    pub(crate) activity: Arc<Activity>,
    pub(crate) started: Instant,
}

impl Timer for HeadTimer {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Sleep>> {
        self.activity.waits_for_request();
        Box::pin(Never)
    }

    fn sleep_until(&self, _: Instant) -> Pin<Box<dyn Sleep>> {
        self.sleep(Duration::ZERO)
    }

    /// hyper only adds to it what comes back in [`HeadTimer::sleep_until`]; a clock is read for nothing.
    fn now(&self) -> Instant {
        self.started
    }
}

/// Has no size, so that its box is no allocation.
struct Never;

impl Future for Never {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Sleep for Never {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_goes_from_request_to_head_to_answer() {
        let activity = Activity::default();
        activity.bytes_came();
        assert_eq!(activity.look(), (WaitsFor::Answer, false), "bytes of a body begin no head");
        activity.waits_for_request();
        assert_eq!(activity.look(), (WaitsFor::Request, true));
        assert_eq!(activity.look(), (WaitsFor::Request, false));
        activity.bytes_came();
        activity.bytes_came();
        assert_eq!(activity.look(), (WaitsFor::Head, true));
        activity.bytes_came();
        assert_eq!(activity.look(), (WaitsFor::Head, false), "a trickle gives no more time");
        activity.request_came(true);
        assert!(activity.may_have_unread_body());
        activity.waits_for_request();
        assert!(!activity.may_have_unread_body());
    }
}
