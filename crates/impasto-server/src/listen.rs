//! A listening socket on a runtime.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;

use rustix::net::{SocketFlags, acceptfrom_with};
use socket2::Socket;
use tokio::io::Interest;
use tokio::net::{TcpStream, UnixStream};

use crate::address::BoundAddress;
use crate::stream::Stream;

/// One listening socket.
#[derive(Debug)]
pub(crate) struct Listener {
    /// Not what it is for tokio, which tells of streams when there is something to read, and of listeners
    /// only when a connection has been taken.
    socket: TcpStream,
    address: BoundAddress,
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
        if !matches!(address, BoundAddress::Unix(_)) {
            for_connections(&socket)?;
        }
        Ok(Listener { socket: TcpStream::from_std(socket.into())?, address })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &BoundAddress {
        &self.address
    }

    /// Waits until a connection stands in the queue; another process may take it.
    ///
    /// # Errors
    ///
    /// When the runtime ends.
    pub(crate) async fn ready(&self) -> io::Result<()> {
        // Not `readable`, which knows no end of a task's turn.
        poll_fn(|cx| self.socket.poll_read_ready(cx)).await
    }

    /// The next connection in the queue, which is [`ready`](Listener::ready) until there is none.
    ///
    /// # Errors
    ///
    /// `WouldBlock` when there is none.
    pub(crate) fn try_accept(&self) -> io::Result<Stream> {
        self.socket.try_io(Interest::READABLE, || self.accept_now())
    }

    /// The next connection in the queue, also one that the runtime has not heard of yet.
    ///
    /// # Errors
    ///
    /// `WouldBlock` when there is none.
    pub(crate) fn accept_now(&self) -> io::Result<Stream> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let (stream, peer) = acceptfrom_with(&self.socket, flags)?;
        match &self.address {
            BoundAddress::Unix(_) => UnixStream::from_std(stream.into()).map(Stream::unix),
            BoundAddress::Tcp(_) | BoundAddress::Https(_) => {
                let peer = peer
                    .and_then(|peer| peer.try_into().ok())
                    .ok_or(ErrorKind::ConnectionAborted)?;
                TcpStream::from_std(stream.into()).map(|stream| Stream::tcp(stream, peer))
            }
        }
    }
}
