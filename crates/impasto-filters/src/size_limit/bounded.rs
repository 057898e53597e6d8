//! A request body that ends in an error when it gets too large.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use impasto::{Body, BoxError};

use crate::drain::drain;

/// What is known of a body while the app has it, and what it leaves behind.
#[derive(Clone, Default)]
pub(super) struct Fate(Arc<Mutex<Found>>);

/// What has become of a body.
#[derive(Default)]
pub(super) enum Found {
    /// It was read to its end, or somebody still reads it.
    #[default]
    Fits,
    /// It was too large.
    Exceeded,
    /// It was let go of before its end: what is left, and how many bytes of that are within the limit.
    Unread(Body, u64),
}

impl Fate {
    /// What has become of the body until now.
    pub(super) fn take(&self) -> Found {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) struct Bounded {
    body: Body,
    left: u64,
    /// Where what has become of the body is told, as long as somebody wants to know.
    told: Weak<Mutex<Found>>,
}

impl Bounded {
    pub(super) fn new(body: Body, limit: u64, fate: &Fate) -> Bounded {
        Bounded { body, left: limit, told: Arc::downgrade(&fate.0) }
    }

    fn tell(&mut self, found: Found) {
        if let Some(told) = self.told.upgrade() {
            *told.lock().unwrap_or_else(PoisonError::into_inner) = found;
        }
        self.told = Weak::new();
    }
}

impl http_body::Body for Bounded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            other => {
                self.told = Weak::new();
                return Poll::Ready(other);
            }
        };
        let size = frame.data_ref().map_or(0, |data| data.len() as u64);
        match self.left.checked_sub(size) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(Ok(frame)))
            }
            None => {
                self.tell(Found::Exceeded);
                drain(std::mem::take(&mut self.body));
                Poll::Ready(Some(Err(TooLarge.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An app that takes the body and does not read it lets go of it without a word.
impl Drop for Bounded {
    fn drop(&mut self) {
        let body = std::mem::take(&mut self.body);
        if !http_body::Body::is_end_stream(&body) {
            let left = self.left;
            self.tell(Found::Unread(body, left));
        }
    }
}

/// What an app sees of a body that is too large.
#[derive(Debug)]
pub(super) struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body of the request is too large")
    }
}

impl std::error::Error for TooLarge {}
