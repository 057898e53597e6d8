//! Requests that are sent while an HTTP/2 client learns of the end.
//!
//! h2 ends a connection with a GOAWAY that refuses nothing and a PING; when that is answered, it names
//! the last request that it has seen, and ignores later ones. But clients answer a PING before anything
//! else: requests that they had begun by then, not knowing of the GOAWAY, come right behind the answer,
//! and would be lost. So the answer is held back for a moment.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::cancelled::Cancelled;

/// Far longer than what a client writes at once takes to arrive.
const HELD: Duration = Duration::from_millis(200);

/// The kind of a frame that cancels a request.
const RST_STREAM: u8 = 3;

/// The answer to h2's last PING, as a frame.
const PONG: [u8; 17] = *b"\0\0\x08\x06\x01\0\0\0\0\x0b\x7b\xa2\xf0\x8b\x9b\xfe\x54";

/// A stream from which that answer comes late, and which ends with an error where a client cancels too
/// many requests.
pub(crate) struct LatePong<S> {
    stream: S,
    frames: Frames,
    held: Option<Pin<Box<Sleep>>>,
    begun: Begun,
}

/// Where in the client's frames the stream is.
#[derive(Default)]
struct Frames {
    header: [u8; 9],
    /// How much of the header has come.
    come: usize,
    /// How much of the payload has not.
    missing: usize,
    cancelled: Cancelled,
    /// Whether too many requests were.
    are_too_many: bool,
}

/// The first bytes of a frame that may be the answer: reads end where buffers do, in the middle of frames.
#[derive(Default)]
struct Begun {
    bytes: [u8; PONG.len()],
    come: usize,
    /// How many of them turned out to be something else, and are to be given away first.
    refuted: usize,
}

/// Where the answer is among bytes that have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Nowhere,
    Whole(usize),
    /// From there on it may be the answer.
    Begun(usize),
}

impl<S> LatePong<S> {
    /// A stream of which nothing has been read.
    pub(crate) fn new(stream: S) -> LatePong<S> {
        const PREFACE: usize = 24;
        let frames = Frames { missing: PREFACE, ..Frames::default() };
        LatePong { stream, frames, held: None, begun: Begun::default() }
    }

    fn hold(&mut self) {
        self.held = Some(Box::pin(sleep(HELD)));
    }
}

impl Frames {
    fn is_between(&self) -> bool {
        self.come == 0 && self.missing == 0
    }

    /// Goes on by these bytes, except for what may be the beginning of the answer.
    fn go_on(&mut self, mut bytes: &[u8]) -> Found {
        let (whole, mut found) = (bytes.len(), Found::Nowhere);
        loop {
            let payload = self.missing.min(bytes.len());
            bytes = &bytes[payload..];
            self.missing -= payload;
            if bytes.is_empty() {
                return found;
            }
            if self.come == 0 && bytes.starts_with(&PONG) {
                found = Found::Whole(whole - bytes.len());
                bytes = &bytes[PONG.len()..];
                continue;
            }
            // h2 sends one such PING; there is no second answer to look for.
            if self.come == 0 && found == Found::Nowhere && PONG.starts_with(bytes) {
                return Found::Begun(whole - bytes.len());
            }
            let header = (self.header.len() - self.come).min(bytes.len());
            self.header[self.come..][..header].copy_from_slice(&bytes[..header]);
            self.come += header;
            bytes = &bytes[header..];
            if self.come == self.header.len() {
                let [a, b, c, kind, ..] = self.header;
                self.are_too_many |= kind == RST_STREAM && self.cancelled.one();
                self.missing = u32::from_be_bytes([0, a, b, c]) as usize;
                self.come = 0;
            }
        }
    }
}

impl Begun {
    /// Keeps bytes that may be the beginning of the answer, of which there are fewer than it has.
    fn keep(&mut self, bytes: &[u8]) {
        self.bytes[..bytes.len()].copy_from_slice(bytes);
        self.come = bytes.len();
    }

    /// Gives away what it can of what is something else.
    fn give(&mut self, buffer: &mut ReadBuf<'_>) {
        let given = self.refuted.min(buffer.remaining());
        buffer.put_slice(&self.bytes[..given]);
        self.bytes.copy_within(given..self.come, 0);
        self.refuted -= given;
        self.come -= given;
    }

    /// Reads on to where the answer would end. At the end of the stream nothing has come.
    fn poll_more(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut rest = ReadBuf::new(&mut self.bytes[self.come..]);
        ready!(Pin::new(stream).poll_read(cx, &mut rest))?;
        let more = rest.filled().len();
        self.come += more;
        Poll::Ready(Ok(more))
    }

    fn come(&self) -> &[u8] {
        &self.bytes[..self.come]
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LatePong<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.begun.refuted > 0 {
                this.begun.give(buffer);
                return Poll::Ready(Ok(()));
            }
            let has_room = buffer.remaining() >= PONG.len();
            if let Some(held) = &mut this.held
                && has_room
                && this.frames.is_between()
                && held.as_mut().poll(cx).is_ready()
            {
                this.held = None;
                buffer.put_slice(&PONG);
                return Poll::Ready(Ok(()));
            }
            if this.begun.come > 0 {
                let more = ready!(this.begun.poll_more(&mut this.stream, cx))?;
                if this.begun.come() == PONG {
                    this.begun.come = 0;
                    this.hold();
                } else if more == 0 {
                    this.begun.refuted = this.begun.come;
                } else {
                    // A shorter frame may be over, and the answer begin behind it.
                    this.begun.refuted = match this.frames.go_on(this.begun.come()) {
                        Found::Begun(at) => at,
                        _ => this.begun.come,
                    };
                }
                if this.frames.are_too_many {
                    return Poll::Ready(Err(too_many()));
                }
                continue;
            }
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
            let read = &mut buffer.filled_mut()[before..];
            if read.is_empty() {
                // Nothing comes behind it.
                if has_room && this.held.take().is_some() {
                    buffer.put_slice(&PONG);
                }
                return Poll::Ready(Ok(()));
            }
            let found = this.frames.go_on(read);
            if this.frames.are_too_many {
                return Poll::Ready(Err(too_many()));
            }
            let rest = match found {
                Found::Nowhere => return Poll::Ready(Ok(())),
                Found::Whole(at) => {
                    read.copy_within(at + PONG.len().., at);
                    let rest = read.len() - PONG.len();
                    this.hold();
                    rest
                }
                Found::Begun(at) => {
                    this.begun.keep(&read[at..]);
                    at
                }
            };
            buffer.set_filled(before + rest);
            if rest > 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

fn too_many() -> io::Error {
    io::Error::other("the client cancels too many requests")
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LatePong<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, slices)
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
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const HEADERS: &[u8] = b"\0\0\x02\x01\x05\0\0\0\x03\x82\x84";

    #[tokio::test]
    async fn what_comes_behind_it_is_first() {
        let (mut client, server) = duplex(1024);
        let mut server = LatePong::new(server);
        client.write_all(&[PREFACE, HEADERS, &PONG, HEADERS].concat()).await.unwrap();
        let mut read = [0; 1024];
        let length = server.read(&mut read).await.unwrap();
        assert_eq!(read[..length], [PREFACE, HEADERS, HEADERS].concat());
        // In the middle of a frame there is no place for it.
        client.write_all(&HEADERS[..4]).await.unwrap();
        let length = server.read(&mut read).await.unwrap();
        assert_eq!(read[..length], HEADERS[..4]);
        tokio::time::sleep(HELD * 2).await;
        client.write_all(&HEADERS[4..]).await.unwrap();
        let mut read = vec![0; HEADERS.len() - 4 + PONG.len()];
        server.read_exact(&mut read).await.unwrap();
        assert_eq!(read, [&HEADERS[4..], &PONG].concat());
    }

    #[tokio::test]
    async fn it_is_known_however_it_is_cut() {
        let sent = [PREFACE, HEADERS, &PONG, HEADERS].concat();
        let pong = PREFACE.len() + HEADERS.len();
        for cut in pong..pong + PONG.len() {
            let (mut client, server) = duplex(1024);
            let mut server = LatePong::new(server);
            client.write_all(&sent[..cut]).await.unwrap();
            let mut read = vec![0; sent.len() - PONG.len()];
            server.read_exact(&mut read[..pong]).await.unwrap();
            client.write_all(&sent[cut..]).await.unwrap();
            server.read_exact(&mut read[pong..]).await.unwrap();
            assert_eq!(read, [PREFACE, HEADERS, HEADERS].concat(), "{cut}");
        }
    }

    #[tokio::test]
    async fn by_itself_it_comes_a_little_later() {
        let (mut client, server) = duplex(1024);
        let mut server = LatePong::new(server);
        client.write_all(&[PREFACE, &PONG].concat()).await.unwrap();
        let start = tokio::time::Instant::now();
        let mut read = vec![0; PREFACE.len() + PONG.len()];
        server.read_exact(&mut read).await.unwrap();
        assert!(start.elapsed() >= HELD && read.ends_with(&PONG));
    }

    #[tokio::test]
    async fn nothing_is_lost_or_taken_for_it() {
        let mut data = b"\0\0\x11\0\0\0\0\0\x03".to_vec();
        data.extend(PONG);
        // The one ends where the answer might begin, the other begins as the answer does.
        let (settings, ping) = (b"\0\0\0\x04\x01\0\0\0\0", b"\0\0\x08\x06\0\0\0\0\0impastos");
        let sent = [PREFACE, &data, HEADERS, settings, ping, settings, &PONG].concat();
        for step in [1, 3, 5, 10, 17, 1000] {
            let (mut client, server) = duplex(1024);
            let mut server = LatePong::new(server);
            let writing = async {
                for piece in sent.chunks(step) {
                    client.write_all(piece).await.unwrap();
                    tokio::task::yield_now().await;
                }
                drop(client);
            };
            let mut read = Vec::new();
            let (end, ()) = tokio::join!(server.read_to_end(&mut read), writing);
            end.unwrap();
            assert_eq!(read, sent, "{step}");
        }
    }
}
