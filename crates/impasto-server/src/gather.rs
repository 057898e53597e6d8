//! Gathers the answers to pipelined requests into few writes.
//!
//! hyper writes each answer by itself. (Its `pipeline_flush` gathers too, but while request bytes
//! are left unread it flushes nothing at all: an error answer is lost, half a request holds back the
//! answer before it, and an answer without end is buffered without end.) Here the answers to a client
//! that has been seen to pipeline collect while hyper is polled, up to [`HELD`] bytes, and leave when
//! it has done what it could and is [polled once more](Activity::let_go).

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::activity::Activity;
use crate::paced::Paced;

/// The most that is held back, in bytes.
const HELD: usize = 16 * 1024;

/// What an idle connection may keep of its buffer, in bytes.
const KEPT: usize = 1024;

/// hyper answers so to a head that is larger than it may be, and so it should to a URL that is.
const HEAD_TOO_LARGE: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\n";
const URL_TOO_LONG: &[u8] = b"HTTP/1.1 414 URI Too Long\r\n";

/// The smallest limit of a head is longer than this.
const LONG: usize = 200;

/// A stream whose small writes leave together.
#[derive(Debug)]
pub(crate) struct Gathered {
    stream: Paced,
    activity: Arc<Activity>,
    held: Vec<u8>,
}

impl Gathered {
    /// `activity` is told of every byte that comes.
    pub(crate) fn new(stream: Paced, activity: Arc<Activity>) -> Gathered {
        Gathered { stream, activity, held: Vec::new() }
    }

    /// Writes what is held, as far as the client takes it at once. From now on nothing is.
    pub(crate) async fn release(&mut self) {
        self.activity.forget_pipeline();
        let flushed = poll_fn(|cx| Poll::Ready(Pin::new(&mut *self).poll_flush(cx))).await;
        // Nobody is left to be told of an error.
        drop(flushed);
    }

    /// Puts back what was read last; an empty piece is let go of.
    pub(crate) fn unread(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.stream.unread(bytes);
        }
    }

    /// Whether there is anything that was put back.
    pub(crate) fn has_unread(&self) -> bool {
        self.stream.stream().has_unread()
    }

    /// Waits for bytes, or an end, to read.
    pub(crate) fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.stream.stream().poll_read_ready(cx)
    }

    /// See [`Stream::abort`](crate::stream::Stream::abort).
    pub(crate) fn abort(&self) {
        self.stream.stream().stream().abort();
    }

    /// Whether what is written is to stand behind what is held, or be held itself.
    fn holds(&self) -> bool {
        self.activity.pipelines() || !self.held.is_empty()
    }

    /// Whether hyper finds a head too large of which the first line alone is: that is the URL.
    // Each request passes here, and a call costs more than what is done in it.
    #[inline(always)]
    fn says_the_wrong_size(&self, bytes: &[u8]) -> bool {
        bytes.get(9) == Some(&b'4')
            && bytes.starts_with(HEAD_TOO_LARGE)
            && self.activity.open_line() > LONG
    }

    /// Holds what is right instead; how many bytes that is instead of.
    #[cold]
    fn say_the_right_one(&mut self, bytes: &[u8]) -> usize {
        self.held.extend_from_slice(URL_TOO_LONG);
        self.held.extend_from_slice(&bytes[HEAD_TOO_LARGE.len()..]);
        self.activity.set_owes_flush(true);
        bytes.len()
    }

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
        result
    }

    /// Makes room for `more` bytes; whether they are few enough to be held.
    fn poll_room(&mut self, more: usize, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if self.held.len() + more > HELD {
            ready!(self.poll_release(cx))?;
        }
        self.activity.set_owes_flush(true);
        Poll::Ready(Ok(more <= HELD))
    }
}

impl AsyncRead for Gathered {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        let came = &buffer.filled()[before..];
        if !came.is_empty() {
            this.activity.bytes_came(came);
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
        let this = self.get_mut();
        if this.says_the_wrong_size(bytes) {
            return Poll::Ready(Ok(this.say_the_right_one(bytes)));
        }
        if this.holds() && ready!(this.poll_room(bytes.len(), cx))? {
            this.held.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(first) = slices.first()
            && this.says_the_wrong_size(first)
        {
            return Poll::Ready(Ok(this.say_the_right_one(first)));
        }
        if this.holds() {
            let length = slices.iter().map(|slice| slice.len()).sum();
            if ready!(this.poll_room(length, cx))? {
                slices.iter().for_each(|slice| this.held.extend_from_slice(slice));
                return Poll::Ready(Ok(length));
            }
        }
        Pin::new(&mut this.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.activity.gathers() {
            return Poll::Ready(Ok(()));
        }
        if !this.held.is_empty() {
            ready!(this.poll_release(cx))?;
        }
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        // What is encrypted may wait in there for room in the socket.
        this.activity.set_owes_flush(flushed.is_pending());
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_release(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heads::Handed;
    use crate::pace::Slowest;
    use crate::sniff::{Prefix, Sniffed};
    use crate::stream::Stream;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixStream;

    fn pair() -> (UnixStream, Gathered, Arc<Activity>) {
        let (client, server) = UnixStream::pair().unwrap();
        let sniffed = Sniffed::new(Stream::unix(server), Prefix::default());
        let activity = Arc::new(Activity::default());
        let slowest = Slowest { pause: None, rate: 0, grace: Duration::ZERO };
        let paced = Paced::new(sniffed, Arc::clone(&activity), slowest);
        activity.request_came(Handed::unknown(false));
        activity.request_came(Handed::unknown(false));
        (client, Gathered::new(paced, Arc::clone(&activity)), activity)
    }

    #[tokio::test]
    async fn small_writes_leave_together() {
        let (client, mut gathered, activity) = pair();
        for _ in 0..3 {
            gathered.write_all(b"answer ").await.unwrap();
            gathered.flush().await.unwrap();
        }
        let mut read = [0; 64];
        assert!(client.try_read(&mut read).is_err(), "nothing has left");
        assert!(activity.let_go());
        gathered.flush().await.unwrap();
        client.readable().await.unwrap();
        assert_eq!(client.try_read(&mut read).unwrap(), 21);
        assert!(!activity.let_go(), "there is nothing left");

        gathered.write_all(b"before ").await.unwrap();
        activity.forget_pipeline();
        gathered.write_all(b"now").await.unwrap();
        gathered.flush().await.unwrap();
        client.readable().await.unwrap();
        assert_eq!(client.try_read(&mut read).unwrap(), 10);
        gathered.write_all(b"at once").await.unwrap();
        client.readable().await.unwrap();
        assert_eq!(client.try_read(&mut read).unwrap(), 7);
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_not_buffered_for() {
        let (mut client, mut gathered, _) = pair();
        let writing = tokio::spawn(async move {
            let mut total = 0usize;
            for number in 0u32..50_000 {
                gathered.write_all(&number.to_be_bytes().repeat(8)).await.unwrap();
                total += 32;
                assert!(gathered.held.len() <= HELD);
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
