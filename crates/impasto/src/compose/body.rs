use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::streaming::Streaming;
use super::watched::Watched;
use super::{BodyEnd, BoxError};

/// The body of a request or a response.
///
/// Nothing and whole buffers are kept as they are and cost no allocation; everything else is a boxed stream of
/// frames, trailers included. A body is `Send` and `Sync` whatever it was made from, so a filter may hold a
/// reference to the [`Exchange`](crate::Exchange) across an `.await`.
///
/// ```
/// use http_body::Body as _;
/// use impasto::Body;
///
/// let body = Body::from("hello");
/// assert_eq!(body.size_hint().exact(), Some(5));
/// assert!(Body::empty().is_end_stream());
/// ```
#[derive(Default)]
pub struct Body(Kind);

#[derive(Default)]
enum Kind {
    #[default]
    Empty,
    Full(Bytes),
    Stream(Frames),
}

/// A boxed stream of frames that can be asked for its size through a shared reference.
type Frames = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send + Sync>>;

impl Body {
    /// A body with nothing in it.
    pub fn empty() -> Body {
        Body::default()
    }

    /// Wraps any [`http_body::Body`].
    ///
    /// A `Body` is returned as it is, and a body that says it has ended becomes an empty one. The size that the
    /// stream announces is kept, so a `content-length` survives.
    pub fn new<B>(body: B) -> Body
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let mut body = Some(body);
        if let Some(own) = (&mut body as &mut dyn Any).downcast_mut::<Option<Body>>() {
            return own.take().unwrap_or_default();
        }
        match body {
            Some(body) if !body.is_end_stream() => Body::stream(Streaming::new(body)),
            _ => Body::empty(),
        }
    }

    /// Calls `watcher` once, when the body is over: sent to its end, failed, or dropped before its end.
    ///
    /// A response body is streamed after the filters have returned. What a filter wants to do when the response
    /// is really over (log its size, give back a permit) belongs here: `watcher` owns what it captures.
    ///
    /// ```
    /// use impasto::{Body, Outcome};
    ///
    /// let body = Body::from("hello").on_end(|end| {
    ///     assert_eq!(end.bytes, 0);
    ///     assert!(matches!(end.outcome, Outcome::Dropped));
    /// });
    /// drop(body);
    /// ```
    pub fn on_end(self, watcher: impl FnOnce(BodyEnd) + Send + 'static) -> Body {
        Body::stream(Watched::new(self, watcher))
    }

    /// The whole body, when it is in memory; `None` for a stream.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Empty => Some(&[]),
            Kind::Full(bytes) => Some(bytes),
            Kind::Stream(_) => None,
        }
    }

    /// A second body with the same content, when it is in memory (the buffer is shared); `None` for a stream.
    pub fn try_clone(&self) -> Option<Body> {
        match &self.0 {
            Kind::Empty => Some(Body::empty()),
            Kind::Full(bytes) => Some(Body(Kind::Full(bytes.clone()))),
            Kind::Stream(_) => None,
        }
    }

    fn stream(
        frames: impl http_body::Body<Data = Bytes, Error = BoxError> + Send + Sync + 'static,
    ) -> Body {
        Body(Kind::Stream(Box::pin(frames)))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Stream(frames) => frames.as_mut().poll_frame(context),
            kind => match std::mem::take(kind) {
                Kind::Full(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                _ => Poll::Ready(None),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Empty => true,
            Kind::Full(_) => false,
            Kind::Stream(frames) => frames.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Stream(frames) => frames.size_hint(),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Body {
        match bytes.is_empty() {
            true => Body::empty(),
            false => Body(Kind::Full(bytes)),
        }
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Body {
        Bytes::from_static(bytes).into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Body {
        Bytes::from(bytes).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Body {
        text.as_bytes().into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Body {
        text.into_bytes().into()
    }
}

impl From<Cow<'static, str>> for Body {
    fn from(text: Cow<'static, str>) -> Body {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl From<()> for Body {
    fn from((): ()) -> Body {
        Body::empty()
    }
}

/// Shows the size, never the content.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Empty => f.write_str("Body(empty)"),
            Kind::Full(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body::Body as _;

    #[test]
    fn a_body_made_from_a_body_is_not_boxed_again() {
        assert!(Body::new(Body::from("x")).as_bytes().is_some());
    }

    #[test]
    fn a_body_at_its_end_becomes_empty() {
        let body = Body::new(http_body_util::Empty::<Bytes>::new());
        assert_eq!(body.as_bytes(), Some(&[][..]));
        assert!(Body::from(String::new()).is_end_stream());
    }

    #[test]
    fn only_what_is_in_memory_can_be_cloned() {
        assert!(Body::from("x").try_clone().is_some());
        assert!(Body::from("x").on_end(|_| ()).try_clone().is_none());
    }
}
