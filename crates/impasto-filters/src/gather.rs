//! Bodies that are read before they are passed on.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use impasto::{Body, BoxError};

/// What was read of a body, and the rest of it.
#[derive(Default)]
pub(crate) struct Gathered {
    frames: VecDeque<Frame<Bytes>>,
    bytes: u64,
    /// Empty when all was read.
    rest: Body,
    is_whole: bool,
}

/// Reads a body until its end, or until it is larger than `limit` bytes.
///
/// # Errors
///
/// That of the body, if it breaks off.
pub(crate) async fn gather(body: Body, limit: u64) -> Result<Gathered, BoxError> {
    let mut gathered = Gathered { rest: body, ..Gathered::default() };
    while gathered.bytes <= limit {
        let Some(frame) = gathered.rest.frame().await.transpose()? else {
            gathered.is_whole = true;
            break;
        };
        gathered.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        gathered.frames.push_back(frame);
    }
    Ok(gathered)
}

impl Gathered {
    /// Whether all of it is here.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// How many bytes are here.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The data that is here, piece by piece.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        self.frames.iter().filter_map(Frame::data_ref)
    }

    /// The whole body once more, in memory if it can be.
    pub(crate) fn into_body(mut self) -> Body {
        if !self.is_whole || self.frames.iter().any(Frame::is_trailers) {
            return Body::new(Resumed(self));
        }
        if self.frames.len() <= 1 {
            let data = self.frames.pop_front().and_then(|frame| frame.into_data().ok());
            return data.unwrap_or_default().into();
        }
        let mut all = BytesMut::with_capacity(usize::try_from(self.bytes).unwrap_or_default());
        self.pieces().for_each(|piece| all.extend_from_slice(piece));
        all.freeze().into()
    }
}

/// A body whose beginning has been read.
struct Resumed(Gathered);

impl http_body::Body for Resumed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.0.frames.pop_front() {
            Some(frame) => {
                self.0.bytes -= frame.data_ref().map_or(0, |data| data.len() as u64);
                Poll::Ready(Some(Ok(frame)))
            }
            None if self.0.is_whole => Poll::Ready(None),
            None => Pin::new(&mut self.0.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.frames.is_empty() && (self.0.is_whole || self.0.rest.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let rest = if self.0.is_whole { SizeHint::with_exact(0) } else { self.0.rest.size_hint() };
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(self.0.bytes));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(self.0.bytes));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use http_body_util::StreamBody;

    fn body(trailers: bool) -> Body {
        let data = ["ab", "cde", "f"].map(|data| Frame::data(Bytes::from(data)));
        let mut frames = Vec::from(data);
        if trailers {
            let name = http::HeaderName::from_static("x-end");
            let map = HeaderMap::from_iter([(name, http::HeaderValue::from_static("1"))]);
            frames.push(Frame::trailers(map));
        }
        let frames = frames.into_iter().map(Ok::<_, std::io::Error>);
        Body::new(StreamBody::new(futures_util::stream::iter(frames.collect::<Vec<_>>())))
    }

    #[tokio::test]
    async fn nothing_of_a_body_is_lost_whether_it_fits_or_not() {
        for limit in [0, 1, 4, 5, 6, 100] {
            for trailers in [false, true] {
                let gathered = gather(body(trailers), limit).await.unwrap();
                assert_eq!(gathered.is_whole(), limit >= 6, "{limit}");
                let again = gathered.into_body();
                assert_eq!(again.as_bytes().is_some(), limit >= 6 && !trailers);
                let collected = again.collect().await.unwrap();
                assert_eq!(collected.trailers().is_some(), trailers);
                assert_eq!(collected.to_bytes(), "abcdef");
            }
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_an_error() {
        let error = gather(crate::testing::broken_body(), 100).await.err().unwrap();
        assert_eq!(error.to_string(), "the client went away");
    }
}
