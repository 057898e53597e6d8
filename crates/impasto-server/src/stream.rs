//! One accepted connection, before anything is known of its protocol.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use crate::tls::Secured;

/// A TCP or unix stream, or one that is encrypted over one of these.
#[derive(Debug)]
pub(crate) enum Stream {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
    Tls(Box<Secured>),
}

impl Stream {
    pub(crate) fn tcp(stream: TcpStream, peer: SocketAddr) -> Stream {
        Stream::Tcp(stream, peer)
    }

    pub(crate) fn unix(stream: UnixStream) -> Stream {
        Stream::Unix(stream)
    }

    /// The client's address; unix clients have none.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        match self {
            Stream::Tcp(_, peer) => Some(*peer),
            Stream::Unix(_) => None,
            Stream::Tls(stream) => stream.get_ref().0.stream().peer(),
        }
    }

    /// The address the client reached, which for a wildcard listener only the connection knows.
    pub(crate) fn local(&self) -> Option<SocketAddr> {
        match self {
            Stream::Tcp(stream, _) => stream.local_addr().ok(),
            Stream::Unix(_) => None,
            Stream::Tls(stream) => stream.get_ref().0.stream().local(),
        }
    }

    /// What was agreed on in the handshake, where there was one.
    pub(crate) fn tls(&self) -> Option<&Secured> {
        match self {
            Stream::Tls(stream) => Some(stream),
            Stream::Tcp(..) | Stream::Unix(_) => None,
        }
    }

    /// Waits for bytes, or an end, to read.
    pub(crate) fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<()> {
        // Whoever reads sees the error.
        match self {
            Stream::Tcp(stream, _) => stream.poll_read_ready(cx).map(drop),
            Stream::Unix(stream) => stream.poll_read_ready(cx).map(drop),
            Stream::Tls(stream) => stream.get_ref().0.poll_read_ready(cx),
        }
    }

    /// Makes the drop of this stream visible to the client as a failure (RST), where a plain close
    /// would look like the regular end of an answer without a length.
    pub(crate) fn abort(&self) {
        match self {
            Stream::Tcp(stream, _) => {
                let _ = stream.set_zero_linger();
            }
            Stream::Unix(_) => {}
            Stream::Tls(stream) => stream.get_ref().0.stream().abort(),
        }
    }
}

/// Calls `$method` on the stream that is inside.
macro_rules! inner {
    ($stream:expr, $inner:ident => $call:expr) => {
        match $stream {
            Stream::Tcp($inner, _) => $call,
            Stream::Unix($inner) => $call,
            Stream::Tls($inner) => $call,
        }
    };
}

impl AsyncRead for Stream {
    // Each request passes here, and a call costs more than what is done in it.
    #[inline(always)]
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        inner!(self.get_mut(), inner => Pin::new(inner).poll_read(cx, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        inner!(self.get_mut(), inner => Pin::new(inner).poll_write(cx, bytes))
    }

    #[inline(always)]
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        inner!(self.get_mut(), inner => Pin::new(inner).poll_write_vectored(cx, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        inner!(self.get_mut(), inner => Pin::new(inner).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        inner!(self.get_mut(), inner => Pin::new(inner).poll_shutdown(cx))
    }
}
