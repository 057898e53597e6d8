//! Who is at the other end of a socket.

use std::io;
use std::os::unix::net::UnixStream;

use nix::sys::socket::getsockopt;
use nix::sys::socket::sockopt::PeerCredentials;

/// A process, as the kernel knew it when it connected or began to listen.
pub(super) struct Peer {
    /// `None` for a process of another pid namespace.
    pub(super) pid: Option<u32>,
    pub(super) uid: u32,
}

impl Peer {
    pub(super) fn of(stream: &UnixStream) -> io::Result<Peer> {
        let found = getsockopt(stream, PeerCredentials)?;
        let pid = u32::try_from(found.pid()).ok().filter(|pid| *pid != 0);
        Ok(Peer { pid, uid: found.uid() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_end_is_known() {
        let (one, _other) = UnixStream::pair().unwrap();
        let peer = Peer::of(&one).unwrap();
        assert_eq!(peer.pid, Some(std::process::id()));
        assert_eq!(peer.uid, rustix::process::geteuid().as_raw());
    }
}
