//! So many bytes.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http_body::{Frame, SizeHint};
use impasto::{Body, Response};

use super::{Refusal, number};
use crate::text;

/// What is sent over and over; a line is 64 bytes.
static CHUNK: [u8; 64 * 1024] = {
    let line = *b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+\n";
    let mut repeated = [0; 64 * 1024];
    let mut at = 0;
    while at < repeated.len() {
        repeated[at] = line[at % line.len()];
        at += 1;
    }
    repeated
};

pub(super) fn bytes(argument: &str) -> Result<Response, Refusal> {
    let left = number(argument, 0, 1 << 30)?;
    Ok(text(StatusCode::OK, Body::new(Repeated { left })))
}

struct Repeated {
    left: u64,
}

impl http_body::Body for Repeated {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let size = CHUNK.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= size as u64;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&CHUNK[..size])))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
