//! Lines that are sent one by one.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http_body::Frame;
use impasto::{Body, Response};

use super::{Refusal, number};
use crate::text;

pub(super) fn lines(argument: &str) -> Result<Response, Refusal> {
    let count = number(argument, 0, 100_000)?;
    Ok(text(StatusCode::OK, Body::new(Lines { sent: 0, count })))
}

struct Lines {
    sent: u64,
    count: u64,
}

impl http_body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.sent == self.count {
            return Poll::Ready(None);
        }
        self.sent += 1;
        let line = format!("line {} of {}\n", self.sent, self.count);
        Poll::Ready(Some(Ok(Frame::data(line.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.sent == self.count
    }
}
