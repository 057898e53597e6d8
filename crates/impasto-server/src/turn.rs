//! Gathers the answers to HTTP/2 requests that are in flight together.
//!
//! Each request is a task of its own. The first one that has something to send wakes the connection, which the
//! runtime then lets run next: it would send that alone, in a write and, encrypted, a record of its own. So
//! while others are in flight the connection waits until those that can run have had their turn, too. What they
//! say meanwhile stands in h2's buffer, and leaves together.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::activity::Activity;

/// More than this is worth a write of its own; in bytes.
const FEW: usize = 4096;

/// A stream whose writes let others have their turn first.
pub(crate) struct Turn<S> {
    stream: S,
    activity: Arc<Activity>,
    /// Whether they have had it, since the last flush.
    is_ours: bool,
}

impl<S> Turn<S> {
    /// `activity` knows what is in flight.
    pub(crate) fn new(stream: S, activity: Arc<Activity>) -> Turn<S> {
        Turn { stream, activity, is_ours: false }
    }

    /// Waits behind all that can run now, before the first of few bytes.
    fn poll_turn(&mut self, bytes: usize, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_ours || bytes > FEW || self.activity.streams() == 0 {
            return Poll::Ready(());
        }
        self.is_ours = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Turn<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Turn<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_turn(bytes.len(), cx));
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_turn(slices.iter().map(|slice| slice.len()).sum(), cx));
        Pin::new(&mut this.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        this.is_ours = false;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bytes::Bytes;
    use http::{Request, Response};
    use http_body_util::{Empty, Full};
    use hyper::service::service_fn;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

    /// Counts its writes.
    struct Counted(DuplexStream, Arc<AtomicUsize>);

    impl AsyncRead for Counted {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_read(cx, buffer)
        }
    }

    impl AsyncWrite for Counted {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.1.fetch_add(1, Ordering::Relaxed);
            Pin::new(&mut self.0).poll_write(cx, bytes)
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// How often a server writes that answers so many requests at once.
    async fn writes(requests: usize, are_known: bool) -> usize {
        let (client, server) = duplex(1 << 20);
        let (writes, activity) = (Arc::<AtomicUsize>::default(), Arc::<Activity>::default());
        let stream = Turn::new(Counted(server, Arc::clone(&writes)), Arc::clone(&activity));
        let service = service_fn(move |_| {
            let activity = Arc::clone(&activity);
            if are_known {
                activity.stream_began();
            }
            async move {
                if are_known {
                    activity.stream_ended();
                }
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"hello"))))
            }
        });
        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        tokio::spawn(server.serve_connection(TokioIo::new(stream), service));
        let client =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(client));
        let (sender, connection) = client.await.unwrap();
        tokio::spawn(connection);
        let ask = || {
            let request = Request::get("http://a/").body(Empty::<Bytes>::new()).unwrap();
            sender.clone().send_request(request)
        };
        // With it the settings of both have been told.
        ask().await.unwrap();
        let before = writes.load(Ordering::Relaxed);
        let asked: Vec<_> = (0..requests).map(|_| ask()).collect();
        for answer in asked {
            answer.await.unwrap();
        }
        writes.load(Ordering::Relaxed) - before
    }

    /// With the scheduler that servers have: it lets whom a task wakes run next.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn answers_to_what_came_together_leave_together() {
        let (alone, together) = (writes(64, false).await, writes(64, true).await);
        assert!(together * 4 < alone, "{together} writes, and {alone} without");
    }

    #[tokio::test]
    async fn what_is_alone_or_much_waits_for_nobody() {
        let (server, activity) = (duplex(1 << 20).0, Arc::<Activity>::default());
        let mut stream = Turn::new(server, Arc::clone(&activity));
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let mut is_pending = |stream: &mut Turn<_>, bytes: &[u8]| {
            Pin::new(stream).poll_write(&mut cx, bytes).is_pending()
        };
        assert!(!is_pending(&mut stream, b"alone"));
        activity.stream_began();
        assert!(!is_pending(&mut stream, &[0; FEW + 1]));
        assert!(is_pending(&mut stream, b"few"));
        assert!(!is_pending(&mut stream, b"few"), "now it is our turn");
        assert!(!is_pending(&mut stream, b"more"));
        stream.flush().await.unwrap();
        assert!(is_pending(&mut stream, b"few"));
    }
}
