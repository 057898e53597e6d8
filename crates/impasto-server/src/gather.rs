//! Gathers the answers to pipelined requests into few writes.
//!
//! hyper writes each answer by itself. (Its `pipeline_flush` gathers too, but while request bytes
//! are left unread it flushes nothing at all: an error answer is lost, half a request holds back the
//! answer before it, and an answer without end is buffered without end.) Here the answers to a client
//! that has been seen to pipeline collect while hyper is polled, up to [`HELD`] bytes, and leave when
//! it has done what it could.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::activity::Activity;
use crate::paced::Paced;

/// The most that is held back, in bytes.
const HELD: usize = 16 * 1024;

/// What an idle connection may keep of its buffer, in bytes.
const KEPT: usize = 1024;

/// A stream that hyper owns and whoever polls hyper flushes; clones are the same stream.
#[derive(Clone, Debug)]
pub(crate) struct Gathered {
    inner: Arc<Mutex<Inner>>,
    activity: Arc<Activity>,
}

#[derive(Debug)]
struct Inner {
    stream: Paced,
    held: Vec<u8>,
    /// Whether somebody calls [`Gathered::poll_release`].
    holds: bool,
}

impl Gathered {
    /// `activity` is told of every byte that comes.
    pub(crate) fn new(stream: Paced, activity: Arc<Activity>) -> Gathered {
        let inner = Inner { stream, held: Vec::new(), holds: true };
        Gathered { inner: Arc::new(Mutex::new(inner)), activity }
    }

    /// Writes what is held.
    pub(crate) fn poll_release(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.activity.pipelines() {
            return Poll::Ready(Ok(()));
        }
        self.lock().poll_release(cx)
    }

    /// From now on a flush is a flush: nobody calls [`Gathered::poll_release`] any more.
    pub(crate) fn hold_nothing(&self) {
        self.lock().holds = false;
    }

    /// See [`Stream::abort`](crate::stream::Stream::abort).
    pub(crate) fn abort(&self) {
        self.lock().stream.stream().stream().abort();
    }

    /// Only one task uses it at a time, so this never waits.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn poll_release(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut sent = 0;
        let result = loop {
            match &self.held[sent..] {
                [] => break Poll::Ready(Ok(())),
                held => match Pin::new(&mut self.stream).poll_write(cx, held) {
                    Poll::Ready(Ok(0)) => {
                        break Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                    }
                    Poll::Ready(Ok(written)) => sent += written,
                    Poll::Ready(Err(error)) => break Poll::Ready(Err(error)),
                    Poll::Pending => break Poll::Pending,
                },
            }
        };
        self.held.drain(..sent);
        if self.held.is_empty() && self.held.capacity() > KEPT {
            self.held = Vec::new();
        }
        ready!(result)?;
        // What is encrypted may wait in there for room in the socket.
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Makes room for `more` bytes; whether they are to be held.
    fn poll_room(&mut self, more: usize, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if self.held.len() + more > HELD {
            ready!(self.poll_release(cx))?;
        }
        Poll::Ready(Ok(self.holds && more <= HELD || !self.held.is_empty()))
    }
}

impl AsyncRead for Gathered {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let inner = &mut *self.lock();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut inner.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.activity.bytes_came();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Gathered {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let inner = &mut *self.lock();
        if self.activity.pipelines() && ready!(inner.poll_room(bytes.len(), cx))? {
            inner.held.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut inner.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let inner = &mut *self.lock();
        if !self.activity.pipelines() {
            return Pin::new(&mut inner.stream).poll_write_vectored(cx, slices);
        }
        let length = slices.iter().map(|slice| slice.len()).sum();
        if ready!(inner.poll_room(length, cx))? {
            slices.iter().for_each(|slice| inner.held.extend_from_slice(slice));
            return Poll::Ready(Ok(length));
        }
        Pin::new(&mut inner.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let inner = &mut *self.lock();
        if self.activity.pipelines() {
            if inner.holds {
                return Poll::Ready(Ok(()));
            }
            ready!(inner.poll_release(cx))?;
        }
        Pin::new(&mut inner.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let inner = &mut *self.lock();
        ready!(inner.poll_release(cx))?;
        Pin::new(&mut inner.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Slowest;
    use crate::sniff::{Prefix, Sniffed};
    use crate::stream::Stream;
    use std::future::poll_fn;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixStream;

    fn pair() -> (UnixStream, Gathered) {
        let (client, server) = UnixStream::pair().unwrap();
        let sniffed = Sniffed::new(Stream::unix(server), Prefix::default());
        let activity = Arc::new(Activity::default());
        let slowest = Slowest { pause: None, rate: 0, grace: Duration::ZERO };
        let paced = Paced::new(sniffed, Arc::clone(&activity), slowest);
        activity.request_came(false);
        activity.request_came(false);
        (client, Gathered::new(paced, activity))
    }

    #[tokio::test]
    async fn small_writes_leave_together() {
        let (client, mut gathered) = pair();
        for _ in 0..3 {
            gathered.write_all(b"answer ").await.unwrap();
            gathered.flush().await.unwrap();
        }
        let mut read = [0; 64];
        assert!(client.try_read(&mut read).is_err(), "nothing has left");
        poll_fn(|cx| gathered.poll_release(cx)).await.unwrap();
        client.readable().await.unwrap();
        assert_eq!(client.try_read(&mut read).unwrap(), 21);

        gathered.hold_nothing();
        gathered.write_all(b"now").await.unwrap();
        client.readable().await.unwrap();
        assert_eq!(client.try_read(&mut read).unwrap(), 3);
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_not_buffered_for() {
        let (mut client, mut gathered) = pair();
        let writing = tokio::spawn(async move {
            let mut total = 0usize;
            for number in 0u32..50_000 {
                gathered.write_all(&number.to_be_bytes().repeat(8)).await.unwrap();
                total += 32;
                assert!(gathered.lock().held.len() <= HELD);
            }
            gathered.shutdown().await.unwrap();
            total
        });
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert!(!writing.is_finished());
        let mut read = Vec::new();
        client.read_to_end(&mut read).await.unwrap();
        assert_eq!(read.len(), writing.await.unwrap());
        let numbers =
            read.chunks(32).map(|number| u32::from_be_bytes(number[..4].try_into().unwrap()));
        assert!(numbers.eq(0..50_000), "in order, each once");
    }
}
