//! A body on its way into a coding.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes, BytesMut};
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use http::HeaderMap;
use http_body::{Body as _, Frame};
use impasto::{Body, BoxError};

use crate::coding::Encoder;

/// The most that one frame carries, in bytes.
const FRAME: usize = 16 * 1024;

pub(super) struct Encoded {
    body: Body,
    encoder: Encoder,
    state: State,
    /// What came from the body and is not yet with the encoder.
    input: Bytes,
    /// Whether the encoder may hold back some of what it was given.
    is_behind: bool,
    output: BytesMut,
    trailers: Option<HeaderMap>,
}

#[derive(PartialEq)]
enum State {
    Reading,
    /// Until this is over, the encoder takes nothing more.
    Flushing,
    Finishing,
    Over,
}

impl Encoded {
    pub(super) fn new(body: Body, encoder: Encoder) -> Encoded {
        Encoded {
            body,
            encoder,
            state: State::Reading,
            input: Bytes::new(),
            is_behind: false,
            output: BytesMut::new(),
            trailers: None,
        }
    }

    /// The whole of a body that is in memory.
    pub(super) fn at_once(self) -> Option<Bytes> {
        let mut encoded = BytesMut::new();
        let (mut this, mut context) = (self, Context::from_waker(Waker::noop()));
        loop {
            match this.poll(&mut context) {
                Poll::Ready(Some(Ok(frame))) => encoded.extend(frame.into_data().ok()),
                Poll::Ready(None) => return Some(encoded.freeze()),
                Poll::Ready(Some(Err(_))) | Poll::Pending => return None,
            }
        }
    }

    /// Lets the encoder write a frame, or what there is of one; nothing, if it wrote nothing.
    fn write<T>(
        &mut self,
        step: impl FnOnce(
            &mut Encoder,
            &mut PartialBuffer<&[u8]>,
            &mut WriteBuffer<'_>,
        ) -> io::Result<T>,
    ) -> io::Result<(T, Bytes)> {
        if self.output.len() < FRAME / 8 {
            self.output = BytesMut::zeroed(FRAME);
        }
        let mut input = PartialBuffer::new(&*self.input);
        let mut output = WriteBuffer::new_initialized(&mut self.output);
        let result = step(&mut self.encoder, &mut input, &mut output)?;
        let (read, written) = (input.written_len(), output.written_len());
        self.input.advance(read);
        Ok((result, self.output.split_to(written).freeze()))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            let written = match self.state {
                State::Reading if !self.input.is_empty() => {
                    self.is_behind = true;
                    self.write(|encoder, input, output| encoder.encode(input, output))?.1
                }
                State::Reading => match Pin::new(&mut self.body).poll_frame(context) {
                    Poll::Ready(frame) => {
                        self.take(frame.transpose()?);
                        continue;
                    }
                    // What was sent is not to wait here for what will be.
                    Poll::Pending if self.is_behind => {
                        self.state = State::Flushing;
                        continue;
                    }
                    Poll::Pending => return Poll::Pending,
                },
                State::Flushing => {
                    let (done, written) = self.write(|encoder, _, output| encoder.flush(output))?;
                    if done {
                        self.is_behind = false;
                        self.state = State::Reading;
                    }
                    written
                }
                State::Finishing => {
                    let (done, written) =
                        self.write(|encoder, _, output| encoder.finish(output))?;
                    if done {
                        self.state = State::Over;
                    }
                    written
                }
                State::Over => {
                    return Poll::Ready(self.trailers.take().map(|them| Ok(Frame::trailers(them))));
                }
            };
            if !written.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(written))));
            }
        }
    }

    fn take(&mut self, frame: Option<Frame<Bytes>>) {
        match frame.map(Frame::into_data) {
            Some(Ok(data)) => self.input = data,
            Some(Err(frame)) => {
                self.trailers = frame.into_trailers().ok();
                self.state = State::Finishing;
            }
            None => self.state = State::Finishing,
        }
    }
}

impl http_body::Body for Encoded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.poll(context));
        if matches!(frame, Some(Err(_))) {
            self.state = State::Over;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.state == State::Over && self.trailers.is_none()
    }
}
