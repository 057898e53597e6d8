//! Runs one connection to its end: hyper's future, the deadlines, the stop.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::activity::{Activity, WaitsFor};
use crate::pulse::watched;
use crate::stop::{Stop, Urgency};

/// How long a client may let a connection wait; `None` is for ever.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the first byte, and what tells the protocol.
    pub(crate) handshake: Option<Duration>,
    /// For the first byte of a request.
    pub(crate) request: Option<Duration>,
    /// For the rest of its head.
    pub(crate) head: Option<Duration>,
}

/// How a connection ended.
#[derive(Debug)]
pub(crate) enum End {
    /// hyper is done with it.
    Finished(hyper::Result<()>),
    /// The client does not take its answer.
    Unwritable(io::Error),
    /// A head has begun and was not finished in time.
    HeadTimeout,
    /// It was told to end at once.
    Cut,
}

/// Polls `connection` until it ends; `shut_down` is hyper's `graceful_shutdown` of its protocol,
/// `release` writes what was held back while it was polled.
///
/// A wake-up costs one look at two atomics besides hyper's own work: the stop and the alarm are
/// polled once each, to leave this task's waker there, and again only after they have fired.
pub(crate) async fn drive<C: Future<Output = hyper::Result<()>>>(
    mut connection: Pin<&mut C>,
    shut_down: fn(Pin<&mut C>),
    release: impl Fn(&mut Context<'_>) -> Poll<io::Result<()>>,
    activity: &Activity,
    patience: Patience,
    stop: &Stop,
) -> End {
    let mut changed = pin!(stop.changed());
    let mut registered = false;
    let mut closing = false;
    let mut alarm = pin!(sleep_until(Instant::now()));
    let mut deadline = Deadline { at: None, armed: false };
    poll_fn(move |cx| {
        loop {
            // First, so that a request which is already there is answered rather than dropped.
            if let Poll::Ready(result) = watched(|| connection.as_mut().poll(cx)) {
                let _ = release(cx);
                return Poll::Ready(End::Finished(result));
            }
            if let Poll::Ready(Err(error)) = release(cx) {
                return Poll::Ready(End::Unwritable(error));
            }
            if !registered {
                registered = true;
                let _ = changed.as_mut().poll(cx);
            }
            match stop.urgency() {
                Urgency::Now => return Poll::Ready(End::Cut),
                Urgency::Graceful if !closing => {
                    closing = true;
                    changed.set(stop.changed());
                    registered = false;
                    shut_down(connection.as_mut());
                    continue;
                }
                Urgency::Graceful | Urgency::None => {}
            }
            let (waits_for, new) = activity.look();
            match waits_for {
                WaitsFor::Answer => deadline.at = None,
                WaitsFor::Request if new => deadline.set(patience.request),
                WaitsFor::Head if new => deadline.set(patience.head),
                _ => {}
            }
            if !deadline.has_passed(alarm.as_mut(), cx) {
                return Poll::Pending;
            }
            deadline.at = None;
            match waits_for {
                WaitsFor::Head => return Poll::Ready(End::HeadTimeout),
                _ => shut_down(connection.as_mut()),
            }
        }
    })
    .await
}

/// A deadline that moves with every request over an alarm that does not.
struct Deadline {
    at: Option<Instant>,
    /// Whether the alarm has this task's waker.
    armed: bool,
}

impl Deadline {
    fn set(&mut self, patience: Option<Duration>) {
        self.at = patience.and_then(|patience| Instant::now().checked_add(patience));
    }

    /// Whether it is over; if not, the alarm rings then or earlier.
    fn has_passed(&mut self, mut alarm: Pin<&mut Sleep>, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.at else { return false };
        let too_late = !self.armed || at < alarm.deadline();
        if !too_late && !alarm.is_elapsed() {
            return false;
        }
        self.armed = true;
        alarm.as_mut().reset(at);
        alarm.poll(cx).is_ready()
    }
}
