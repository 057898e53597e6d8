//! The tasks of HTTP/2 requests, whose clients have to take what they asked for.
//!
//! Over HTTP/2 the window of one request can be shut while the connection goes on, so each task watches
//! for itself: the body of its answer says when it has given a piece that has not been taken.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use hyper::rt::Executor;

use crate::pace::{Pace, Slowest};

tokio::task_local! {
    static FLOW: Arc<Flow>;
}

/// What has become of the pieces of an answer.
#[derive(Debug, Default)]
struct Flow {
    /// Whether the last one waits to be taken.
    waits: AtomicBool,
    /// The bytes of those that were, since somebody looked.
    taken: AtomicUsize,
    given: AtomicUsize,
}

/// The body of an answer gives a piece of so many bytes, or is asked for the next.
pub(crate) fn gives(bytes: Option<usize>) {
    let _ = FLOW.try_with(|flow| match bytes {
        Some(bytes) => {
            flow.given.store(bytes, Ordering::Relaxed);
            flow.waits.store(true, Ordering::Relaxed);
        }
        None if flow.waits.swap(false, Ordering::Relaxed) => {
            flow.taken.fetch_add(flow.given.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        None => {}
    });
}

/// Spawns the tasks of requests. One whose client takes nothing for too long is dropped, and its
/// request reset.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Streams(pub(crate) Slowest);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        tokio::spawn(watch(stream, self.0));
    }
}

async fn watch(stream: impl Future<Output = ()>, slowest: Slowest) {
    let flow = Arc::new(Flow::default());
    let mut stream = pin!(FLOW.scope(Arc::clone(&flow), stream));
    let mut pace = None;
    poll_fn(|cx| {
        if stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        ready!(stalled(&flow, &mut pace, slowest, cx));
        tracing::debug!("the client does not take its answer");
        Poll::Ready(())
    })
    .await;
}

fn stalled(
    flow: &Flow,
    pace: &mut Option<Box<Pace>>,
    slowest: Slowest,
    cx: &mut Context<'_>,
) -> Poll<()> {
    let taken = flow.taken.swap(0, Ordering::Relaxed);
    if let Some(pace) = pace
        && (taken > 0 || !flow.waits.load(Ordering::Relaxed))
    {
        pace.moved(taken);
    }
    match flow.waits.load(Ordering::Relaxed) {
        true => pace.get_or_insert_with(|| Box::new(Pace::new(slowest))).poll_late(cx),
        false => Poll::Pending,
    }
}
