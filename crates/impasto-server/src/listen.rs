//! A listening socket on a runtime.

use std::future::poll_fn;
use std::io;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll};

use socket2::{SockRef, Socket};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use crate::address::BoundAddress;
use crate::stream::Stream;

/// One listening socket.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: Kind,
    address: BoundAddress,
}

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// What is set on a listening socket is set on every connection that it accepts, at no cost.
fn for_connections(socket: &Socket) -> io::Result<()> {
    // With Nagle's algorithm a pipelined client waits for its own delayed acknowledgement.
    socket.set_tcp_nodelay(true)?;
    // So that there is room whenever a slow client has taken some, not only when it has taken a third
    // of what the system would hold for it.
    socket.set_tcp_notsent_lowat(UNSENT)
}

/// The most bytes of an answer that the system holds without having sent them once.
const UNSENT: u32 = 128 * 1024;

impl Listener {
    /// Takes a socket that listens at `address` to the current runtime.
    pub(crate) fn new(address: BoundAddress, socket: OwnedFd) -> io::Result<Listener> {
        let socket = Socket::from(socket);
        // One that was inherited may block, and a blocked accept would stop everything.
        socket.set_nonblocking(true)?;
        let socket = match &address {
            BoundAddress::Tcp(_) | BoundAddress::Https(_) => {
                for_connections(&socket)?;
                Kind::Tcp(TcpListener::from_std(socket.into())?)
            }
            BoundAddress::Unix(_) => Kind::Unix(UnixListener::from_std(socket.into())?),
        };
        Ok(Listener { socket, address })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &BoundAddress {
        &self.address
    }

    /// The next connection.
    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    /// The next connection in the queue, also one that the runtime has not heard of yet.
    ///
    /// # Errors
    ///
    /// `WouldBlock` when there is none.
    pub(crate) fn accept_now(&self) -> io::Result<Stream> {
        let (stream, peer) = match &self.socket {
            Kind::Tcp(socket) => SockRef::from(socket).accept()?,
            Kind::Unix(socket) => SockRef::from(socket).accept()?,
        };
        stream.set_nonblocking(true)?;
        match (&self.socket, peer.as_socket()) {
            (Kind::Tcp(_), Some(peer)) => {
                TcpStream::from_std(stream.into()).map(|stream| Stream::tcp(stream, peer))
            }
            _ => UnixStream::from_std(stream.into()).map(Stream::unix),
        }
    }

    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        match &self.socket {
            Kind::Tcp(socket) => {
                socket.poll_accept(cx).map_ok(|(stream, peer)| Stream::tcp(stream, peer))
            }
            Kind::Unix(socket) => socket.poll_accept(cx).map_ok(|(stream, _)| Stream::unix(stream)),
        }
    }
}
