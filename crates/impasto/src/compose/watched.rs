use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use sync_wrapper::SyncWrapper;

use super::{Body, BoxError};

/// How a body ended; given to the watcher of [`Body::on_end`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyEnd {
    /// Bytes of data that were taken out of the body, trailers not counted.
    pub bytes: u64,
    /// Whether that was all of it.
    pub outcome: Outcome,
}

/// Whether a body came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Everything was taken.
    Complete,
    /// The body itself failed; the text is the error's.
    Failed(String),
    /// Nobody wanted the rest: the client went away, or needed no body (a `HEAD` request, a 304).
    Dropped,
}

/// A body that tells a closure how it ended.
pub(super) struct Watched<F: FnOnce(BodyEnd)> {
    body: Body,
    announced: Option<u64>,
    bytes: u64,
    watcher: SyncWrapper<Option<F>>,
}

impl<F: FnOnce(BodyEnd)> Watched<F> {
    pub(super) fn new(body: Body, watcher: F) -> Watched<F> {
        let watcher = SyncWrapper::new(Some(watcher));
        Watched { announced: body.size_hint().exact(), body, bytes: 0, watcher }
    }

    fn end(&mut self, outcome: Outcome) {
        if let Some(watcher) = self.watcher.get_mut().take() {
            watcher(BodyEnd { bytes: self.bytes, outcome });
        }
    }
}

// Nothing in it is pinned by anyone: a `Body` can be moved, and a closure is only ever called.
impl<F: FnOnce(BodyEnd)> Unpin for Watched<F> {}

impl<F: FnOnce(BodyEnd)> http_body::Body for Watched<F> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => self.bytes += frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(error)) => {
                let text = error.to_string();
                self.end(Outcome::Failed(text));
            }
            None => self.end(Outcome::Complete),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<F: FnOnce(BodyEnd)> Drop for Watched<F> {
    fn drop(&mut self) {
        // A server stops polling at the announced length, or when the body says that it has ended, and then drops it.
        let complete = self.body.is_end_stream() || self.announced == Some(self.bytes);
        self.end(if complete { Outcome::Complete } else { Outcome::Dropped });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::sync::{Arc, Mutex};

    type Seen = Arc<Mutex<Vec<(u64, Outcome)>>>;

    fn watch(body: Body) -> (Body, Seen) {
        let seen = Seen::default();
        let log = seen.clone();
        (body.on_end(move |end| log.lock().unwrap().push((end.bytes, end.outcome))), seen)
    }

    fn failing() -> Body {
        let frames = [Ok(Frame::data(Bytes::from("ab"))), Err(std::io::Error::other("disk gone"))];
        Body::new(http_body_util::StreamBody::new(futures_util::stream::iter(frames)))
    }

    #[tokio::test]
    async fn a_body_read_to_its_end_is_complete() {
        let (body, seen) = watch(Body::from("hello"));
        body.collect().await.unwrap();
        assert_eq!(*seen.lock().unwrap(), [(5, Outcome::Complete)]);
    }

    #[tokio::test]
    async fn a_body_is_complete_when_its_announced_length_was_taken() {
        let (mut body, seen) = watch(Body::from("hello"));
        body.frame().await;
        drop(body);
        assert_eq!(*seen.lock().unwrap(), [(5, Outcome::Complete)]);
        let (body, seen) = watch(Body::empty());
        drop(body);
        assert_eq!(*seen.lock().unwrap(), [(0, Outcome::Complete)]);
    }

    #[tokio::test]
    async fn a_body_that_fails_says_why() {
        let (body, seen) = watch(failing());
        body.collect().await.unwrap_err();
        assert_eq!(*seen.lock().unwrap(), [(2, Outcome::Failed("disk gone".to_owned()))]);
    }

    #[tokio::test]
    async fn a_body_that_nobody_reads_on_is_dropped() {
        let (mut body, seen) = watch(failing());
        body.frame().await;
        drop(body);
        assert_eq!(*seen.lock().unwrap(), [(2, Outcome::Dropped)]);
    }
}
