//! HTTP/1 or HTTP/2 with prior knowledge: what the first bytes say.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use crate::stream::Stream;

/// What an HTTP/2 client sends first (RFC 9113, 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The protocol of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// The bytes that were read to learn the protocol.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Prefix {
    bytes: [u8; PREFACE.len()],
    filled: u8,
}

impl Prefix {
    /// Whether the client has sent nothing yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Whether the bytes that have been read begin like a request in clear text. TLS begins with 22.
    pub(crate) fn begins_with_a_letter(&self) -> bool {
        self.bytes[0].is_ascii_alphabetic()
    }

    /// Reads until there is a byte; whether there is one. May be dropped and called again.
    pub(crate) async fn begin(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<bool> {
        if self.is_empty() {
            self.filled = stream.read(&mut self.bytes).await? as u8;
        }
        Ok(!self.is_empty())
    }

    /// Reads until the protocol is clear; `None` when the client leaves before. May be dropped and
    /// called again: what was read stays in the prefix.
    pub(crate) async fn sniff(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<Option<Protocol>> {
        loop {
            let filled = usize::from(self.filled);
            match filled {
                _ if self.bytes[..filled] != PREFACE[..filled] => return Ok(Some(Protocol::Http1)),
                24 => return Ok(Some(Protocol::Http2)),
                _ => match stream.read(&mut self.bytes[filled..]).await? {
                    0 => return Ok(None),
                    read => self.filled += read as u8,
                },
            }
        }
    }
}

/// A stream whose first bytes have been read already.
#[derive(Debug)]
pub(crate) struct Sniffed {
    stream: Stream,
    unread: Bytes,
}

impl Sniffed {
    pub(crate) fn new(stream: Stream, prefix: Prefix) -> Sniffed {
        let read = &prefix.bytes[..usize::from(prefix.filled)];
        Sniffed { stream, unread: Bytes::copy_from_slice(read) }
    }

    /// Puts back what was read last.
    pub(crate) fn unread(&mut self, bytes: Bytes) {
        self.unread = bytes;
    }

    /// Whether there is anything that was put back.
    pub(crate) fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    /// Waits for bytes, or an end, to read.
    pub(crate) fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<()> {
        match self.has_unread() {
            true => Poll::Ready(()),
            false => self.stream.poll_read_ready(cx),
        }
    }

    pub(crate) fn stream(&self) -> &Stream {
        &self.stream
    }

    #[cold]
    fn poll_unread(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let given = self.unread.len().min(buffer.remaining());
        buffer.put_slice(&self.unread.split_to(given));
        if self.unread.is_empty() {
            // An empty one keeps the memory that it was cut from.
            self.unread = Bytes::new();
        }
        // With what came behind it, if anything did: whoever reads a head in two pieces takes a larger
        // buffer for the second, and keeps it as long as the connection lives.
        match buffer.remaining() {
            0 => Poll::Ready(Ok(())),
            _ => match Pin::new(&mut self.stream).poll_read(cx, buffer) {
                Poll::Pending => Poll::Ready(Ok(())),
                read => read,
            },
        }
    }
}

impl AsyncRead for Sniffed {
    #[inline]
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.unread.is_empty() {
            true => Pin::new(&mut this.stream).poll_read(cx, buffer),
            false => this.poll_unread(cx, buffer),
        }
    }
}

impl AsyncWrite for Sniffed {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    #[inline]
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;
    use tokio::net::UnixStream;

    #[tokio::test]
    async fn the_preface_is_known_however_it_is_cut() {
        for (sent, protocol) in [
            (&PREFACE[..], Some(Protocol::Http2)),
            (b"PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n", Some(Protocol::Http1)),
            (b"POST / HTTP/1.1\r\n", Some(Protocol::Http1)),
            (b"G", Some(Protocol::Http1)),
            (b"PRI", None),
            (b"", None),
        ] {
            for step in [1, 5, 64] {
                let (mut client, mut server) = UnixStream::pair().unwrap();
                let writing = async {
                    for piece in sent.chunks(step) {
                        client.write_all(piece).await.unwrap();
                        tokio::task::yield_now().await;
                    }
                    drop(client);
                };
                let mut prefix = Prefix::default();
                let (found, ()) = tokio::join!(prefix.sniff(&mut server), writing);
                assert_eq!(found.unwrap(), protocol, "{sent:?}");

                let mut read = Vec::new();
                let mut sniffed = Sniffed::new(Stream::unix(server), prefix);
                sniffed.read_to_end(&mut read).await.unwrap();
                assert_eq!(read, sent, "nothing is lost");
            }
        }
    }

    #[tokio::test]
    async fn what_came_at_once_is_read_at_once() {
        let (mut client, mut server) = UnixStream::pair().unwrap();
        let sent = b"GET /of/more/than/the/prefix/holds HTTP/1.1\r\n";
        client.write_all(sent).await.unwrap();
        let mut prefix = Prefix::default();
        assert_eq!(prefix.sniff(&mut server).await.unwrap(), Some(Protocol::Http1));
        let mut sniffed = Sniffed::new(Stream::unix(server), prefix);
        let mut buffer = [0; 1024];
        assert_eq!(sniffed.read(&mut buffer).await.unwrap(), sent.len());
        client.write_all(b"x").await.unwrap();
        assert_eq!(sniffed.read(&mut buffer).await.unwrap(), 1);
    }
}
