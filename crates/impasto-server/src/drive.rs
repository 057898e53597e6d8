//! Runs one connection to its end: hyper's future, the deadlines, the stop.

mod deadline;
mod http1;
mod http2;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::pulse::watched;
use crate::stop::{Stop, Urgency};

pub(crate) use deadline::Deadline;
pub(crate) use http1::Http1;
pub(crate) use http2::Http2;

/// How long a client may let a connection wait; `None` is for ever.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the first byte, and what tells the protocol.
    pub(crate) handshake: Option<Duration>,
    /// For the next request over HTTP/1.
    pub(crate) request: Option<Duration>,
    /// For the rest of its head.
    pub(crate) head: Option<Duration>,
    /// For the next request over HTTP/2.
    pub(crate) idle: Option<Duration>,
    /// For a request that is on its way when the stop comes.
    pub(crate) window: Duration,
}

/// How a connection ended.
#[derive(Debug)]
pub(crate) enum End {
    /// hyper is done with it.
    Finished(hyper::Result<()>),
    /// A head has begun and was not finished in time.
    HeadTimeout,
    /// It was told to end at once, or did not end when it was told to.
    Cut,
}

/// What a protocol does about time.
pub(crate) trait Manners<C> {
    /// hyper has done what it can for now: sets the deadline of what is waited for. True when hyper has
    /// been told something and is to be polled again.
    fn look(&mut self, connection: Pin<&mut C>, deadline: &mut Deadline) -> bool;

    /// The deadline has passed: tells hyper to end the connection, or how it has ended.
    fn late(&mut self, connection: Pin<&mut C>, deadline: &mut Deadline) -> Option<End>;

    /// The stop has come. Called before hyper is polled, which answers what has come meanwhile.
    fn stop(&mut self);
}

/// Polls `connection` until it ends.
///
/// A wake-up costs one look at a few atomics besides hyper's own work: the stop and the alarm are
/// polled once each, to leave this task's waker there, and again only after they have fired.
pub(crate) async fn drive<C: Future<Output = hyper::Result<()>>>(
    mut connection: Pin<&mut C>,
    mut manners: impl Manners<C>,
    stop: &Stop,
) -> End {
    let mut changed = pin!(stop.changed());
    let mut registered = false;
    let mut stopping = false;
    let mut alarm = pin!(sleep_until(Instant::now()));
    let mut deadline = Deadline::default();
    poll_fn(move |cx| {
        loop {
            if !registered {
                registered = true;
                let _ = changed.as_mut().poll(cx);
            }
            match stop.urgency() {
                Urgency::Graceful if !stopping => {
                    stopping = true;
                    changed.set(stop.changed());
                    registered = false;
                    manners.stop();
                    continue;
                }
                Urgency::Now => return Poll::Ready(End::Cut),
                Urgency::Graceful | Urgency::None => {}
            }
            if let Poll::Ready(result) = watched(|| connection.as_mut().poll(cx)) {
                return Poll::Ready(End::Finished(result));
            }
            if manners.look(connection.as_mut(), &mut deadline) {
                continue;
            }
            if !deadline.has_passed(alarm.as_mut(), cx) {
                return Poll::Pending;
            }
            if let Some(end) = manners.late(connection.as_mut(), &mut deadline) {
                return Poll::Ready(end);
            }
        }
    })
    .await
}
