//! A stream whose client has to take what it asked for.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::activity::Activity;
use crate::pace::{Pace, Slowest};
use crate::sniff::Sniffed;

/// Fails to write when the client is too slow a reader.
#[derive(Debug)]
pub(crate) struct Paced {
    stream: Sniffed,
    activity: Arc<Activity>,
    slowest: Slowest,
    /// Made when the client first keeps us waiting.
    pace: Option<Box<Pace>>,
}

impl Paced {
    pub(crate) fn new(stream: Sniffed, activity: Arc<Activity>, slowest: Slowest) -> Paced {
        Paced { stream, activity, slowest, pace: None }
    }

    pub(crate) fn stream(&self) -> &Sniffed {
        &self.stream
    }

    /// See [`Sniffed::unread`].
    pub(crate) fn unread(&mut self, bytes: Bytes) {
        self.stream.unread(bytes);
    }

    fn written(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match result {
            Poll::Pending => self.stalled(cx).map(Err),
            Poll::Ready(Ok(bytes)) => {
                if let Some(pace) = &mut self.pace {
                    self.activity.bytes_left();
                    self.activity.set_stalls(false);
                    pace.moved(bytes);
                }
                Poll::Ready(Ok(bytes))
            }
            failed => failed,
        }
    }

    /// The error that it is, when it has been too long.
    fn stalled(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        self.activity.set_stalls(true);
        let pace = self.pace.get_or_insert_with(|| Box::new(Pace::new(self.slowest)));
        pace.poll_late(cx).map(|()| {
            // What it has not taken is not sent on behind its back.
            self.stream.stream().abort();
            io::Error::new(io::ErrorKind::TimedOut, "the client does not take its answer")
        })
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.written(cx, result)
    }

    // Each request passes here, and a call costs more than what is done in it.
    #[inline(always)]
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.written(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_flush(cx) {
            // What is encrypted waits in there.
            Poll::Pending => this.stalled(cx).map(Err),
            Poll::Ready(flushed) => {
                if this.pace.is_some() {
                    this.activity.set_stalls(false);
                }
                Poll::Ready(flushed)
            }
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
