//! A body on its way out of a coding.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use http_body::Frame;
use impasto::{Body, BoxError};

use crate::coding::{Coding, Decoder};
use crate::drain::drain;

/// The most that one frame carries, in bytes.
const FRAME: usize = 16 * 1024;

/// So much is allowed whatever the ratio: a few bytes may well say the same word often.
const ALLOWANCE: u64 = 64 * 1024;

#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Of what comes out, in bytes.
    pub(super) size: u64,
    /// Of what comes out to what goes in.
    pub(super) ratio: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outcome {
    TooLarge,
    TooDense,
    Broken,
}

/// Where a body leaves word of how it went wrong.
#[derive(Default)]
pub(super) struct Verdict(AtomicU8);

impl Verdict {
    const ALL: [Outcome; 3] = [Outcome::TooLarge, Outcome::TooDense, Outcome::Broken];

    pub(super) fn outcome(&self) -> Option<Outcome> {
        let number = usize::from(self.0.load(Ordering::Relaxed));
        number.checked_sub(1).and_then(|index| Verdict::ALL.get(index).copied())
    }

    fn set(&self, outcome: Outcome) {
        self.0.store(outcome as u8 + 1, Ordering::Relaxed);
    }
}

pub(super) struct Decoded {
    body: Body,
    decoder: Decoder,
    coding: Coding,
    limits: Limits,
    verdict: Arc<Verdict>,
    /// What came from the body and is not yet with the decoder.
    input: Bytes,
    output: BytesMut,
    came_in: u64,
    went_out: u64,
    /// Whether what came in so far is complete.
    is_complete: bool,
    is_over: bool,
    /// What stands behind the data.
    last: Option<Frame<Bytes>>,
}

impl Decoded {
    pub(super) fn new(
        body: Body,
        coding: Coding,
        limits: Limits,
        verdict: Arc<Verdict>,
    ) -> Decoded {
        Decoded {
            body,
            decoder: coding.decoder(),
            coding,
            limits,
            verdict,
            input: Bytes::new(),
            output: BytesMut::new(),
            came_in: 0,
            went_out: 0,
            is_complete: false,
            is_over: false,
            last: None,
        }
    }

    fn fail(&mut self, outcome: Outcome) -> BoxError {
        self.verdict.set(outcome);
        self.is_over = true;
        drain(std::mem::take(&mut self.body));
        Failed(outcome).into()
    }

    /// What the decoder makes of the input: as much as a frame takes.
    fn decode(&mut self) -> Result<Bytes, Outcome> {
        if self.is_complete {
            // RFC 1952, 2.2 and RFC 8878, 3.1: there may be another one behind it.
            let is_another = matches!(self.coding, Coding::Gzip | Coding::Zstd);
            if !is_another || self.decoder.reinit().is_err() {
                return Err(Outcome::Broken);
            }
            self.is_complete = false;
        }
        if self.output.len() < FRAME / 8 {
            self.output = BytesMut::zeroed(FRAME);
        }
        let mut input = PartialBuffer::new(&*self.input);
        let mut output = WriteBuffer::new_initialized(&mut self.output);
        let result = self.decoder.decode(&mut input, &mut output);
        self.is_complete = result.map_err(|_| Outcome::Broken)?;
        let (read, written) = (input.written_len(), output.written_len());
        if read == 0 && written == 0 && !self.is_complete {
            return Err(Outcome::Broken);
        }
        self.input.advance(read);
        let data = self.output.split_to(written).freeze();
        self.passed(data)
    }

    /// What the decoder has left when nothing more comes; nothing, if there is nothing.
    fn rest(&mut self) -> Result<Bytes, Outcome> {
        if self.is_complete {
            return Ok(Bytes::new());
        }
        self.output = BytesMut::zeroed(FRAME);
        let mut output = WriteBuffer::new_initialized(&mut self.output);
        let result = self.decoder.decode(&mut PartialBuffer::new(&[][..]), &mut output);
        self.is_complete = result.map_err(|_| Outcome::Broken)?;
        match output.written_len() {
            0 if !self.is_complete => Err(Outcome::Broken),
            written => {
                let data = self.output.split_to(written).freeze();
                self.passed(data)
            }
        }
    }

    fn passed(&mut self, data: Bytes) -> Result<Bytes, Outcome> {
        self.went_out += data.len() as u64;
        let densest = self.came_in.saturating_mul(self.limits.ratio).saturating_add(ALLOWANCE);
        match self.went_out {
            size if size > self.limits.size => Err(Outcome::TooLarge),
            size if size > densest => Err(Outcome::TooDense),
            _ => Ok(data),
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        use http_body::Body as _;
        let mut is_at_end = self.last.is_some();
        while !self.is_over {
            let decoded = if !self.input.is_empty() {
                self.decode()
            } else if is_at_end {
                let rest = self.rest();
                self.is_over = matches!(&rest, Ok(rest) if rest.is_empty());
                rest
            } else {
                match ready!(Pin::new(&mut self.body).poll_frame(context)).transpose()? {
                    None => is_at_end = true,
                    Some(frame) => match frame.into_data() {
                        Ok(data) => {
                            self.came_in += data.len() as u64;
                            self.input = data;
                        }
                        Err(trailers) => {
                            self.last = Some(trailers);
                            is_at_end = true;
                        }
                    },
                }
                continue;
            };
            match decoded {
                Ok(data) if data.is_empty() => {}
                Ok(data) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Err(outcome) => {
                    self.last = None;
                    return Poll::Ready(Some(Err(self.fail(outcome))));
                }
            }
        }
        Poll::Ready(self.last.take().map(Ok))
    }
}

impl http_body::Body for Decoded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.poll(context)
    }

    fn is_end_stream(&self) -> bool {
        self.is_over && self.last.is_none()
    }
}

/// What an app sees of such a body.
#[derive(Debug)]
struct Failed(Outcome);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Outcome::TooLarge => "the body of the request is too large",
            Outcome::TooDense => "the body of the request is compressed too much",
            Outcome::Broken => "the body of the request cannot be decompressed",
        })
    }
}

impl std::error::Error for Failed {}
