use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use super::BoxError;

pin_project! {
    /// Someone else's body, `Sync` though it may not be: it is only ever touched through `&mut`.
    ///
    /// What it says of its size is therefore copied out whenever it is polled.
    pub(super) struct Streaming<B> {
        #[pin]
        body: SyncWrapper<B>,
        hint: SizeHint,
        ended: bool,
    }
}

impl<B: Body> Streaming<B> {
    pub(super) fn new(body: B) -> Streaming<B> {
        Streaming {
            hint: body.size_hint(),
            ended: body.is_end_stream(),
            body: SyncWrapper::new(body),
        }
    }
}

impl<B> Body for Streaming<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        let mut body = this.body.get_pin_mut();
        let frame = ready!(body.as_mut().poll_frame(context));
        *this.hint = body.size_hint();
        *this.ended = frame.is_none() || body.is_end_stream();
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }

    fn size_hint(&self) -> SizeHint {
        self.hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Body as Whole;
    use http_body_util::{BodyExt, Full, Limited, StreamBody};
    use std::collections::VecDeque;

    /// A body that is `Send` but not `Sync`, of known size.
    struct Chunks(VecDeque<Bytes>, std::marker::PhantomData<std::cell::Cell<()>>);

    impl Body for Chunks {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
            Poll::Ready(self.0.pop_front().map(|chunk| Ok(Frame::data(chunk))))
        }

        fn is_end_stream(&self) -> bool {
            self.0.is_empty()
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.0.iter().map(|chunk| chunk.len() as u64).sum())
        }
    }

    #[tokio::test]
    async fn the_size_of_a_stream_is_known_at_every_frame() {
        let chunks = ["ab", "cde"].map(|chunk| Bytes::from(chunk.to_owned()));
        let mut body = Whole::new(Chunks(chunks.into(), std::marker::PhantomData));
        for left in [5, 3, 0] {
            assert_eq!(body.size_hint().exact(), Some(left));
            assert_eq!(body.is_end_stream(), left == 0);
            body.frame().await;
        }
    }

    #[tokio::test]
    async fn trailers_pass() {
        let trailers =
            http::HeaderMap::from_iter([(http::header::ETAG, http::HeaderValue::from_static("x"))]);
        let frames = [
            Ok::<_, std::io::Error>(Frame::data(Bytes::from("a"))),
            Ok(Frame::trailers(trailers.clone())),
        ];
        let body = Whole::new(StreamBody::new(futures_util::stream::iter(frames))).on_end(|_| ());
        assert_eq!(body.collect().await.unwrap().trailers(), Some(&trailers));
    }

    #[tokio::test]
    async fn an_error_is_passed_on() {
        let body = Whole::new(Limited::new(Full::new(Bytes::from("too long")), 3));
        assert!(body.collect().await.unwrap_err().is::<http_body_util::LengthLimitError>());
    }
}
