//! The other side: speaking to a running master.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use socket2::{Domain, SockAddr, Socket, Type};

use super::peer::Peer;
use super::words::{Reply, Request};

/// How long a master that is busy may take to let somebody in.
const CONNECTING: Duration = Duration::from_secs(5);

/// A master that listens on a control socket.
#[derive(Debug)]
pub struct Running {
    path: PathBuf,
    pid: Option<u32>,
    /// Who listens, so that its number being used again deceives nobody.
    process: Option<OwnedFd>,
}

impl Running {
    /// The master that listens at `path`.
    ///
    /// # Errors
    ///
    /// When nobody does.
    pub fn at(path: &Path) -> io::Result<Running> {
        let peer = Peer::of(&connect(path)?)?;
        let pid = peer.pid.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        // A kernel or a sandbox may not have this.
        let process = pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
        Ok(Running { path: path.to_owned(), pid: peer.pid, process })
    }

    /// Its process; `None` where that is of another pid namespace.
    pub fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// Where it listens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Asks it, and waits for its reply for as long as `timeout`.
    ///
    /// # Errors
    ///
    /// `TimedOut` when there was no reply in time, `UnexpectedEof` when it ended before it replied,
    /// `InvalidData` for a reply that this version does not know.
    pub fn ask(&self, request: &Request, timeout: Duration) -> io::Result<Reply> {
        let until = Instant::now().checked_add(timeout);
        let mut stream = connect(&self.path)?;
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        stream.write_all(&line)?;
        let mut reply = Vec::new();
        let mut bytes = [0; 16 * 1024];
        while !reply.ends_with(b"\n") {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "no reply"));
            }
            stream.set_read_timeout(left)?;
            match stream.read(&mut bytes) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(some) => reply.extend_from_slice(&bytes[..some]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        serde_json::from_slice(&reply)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Waits for its end for as long as `timeout`, and says whether it has ended.
    pub fn wait(&self, timeout: Duration) -> bool {
        const STEP: Duration = Duration::from_millis(50);
        let until = Instant::now().checked_add(timeout);
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let ended = match &self.process {
                Some(process) => {
                    let left = left.and_then(|left| Timespec::try_from(left).ok());
                    let mut process = [PollFd::new(process, PollFlags::IN)];
                    // Whatever fails, it is asked again.
                    poll(&mut process, left.as_ref()).is_ok_and(|ended| ended > 0)
                }
                None => {
                    let ended = connect(&self.path).is_err();
                    std::thread::sleep(if ended { Duration::ZERO } else { STEP });
                    ended
                }
            };
            if ended || left.is_some_and(|left| left.is_zero()) {
                return ended;
            }
        }
    }
}

/// As `UnixStream::connect`, which might wait for ever.
fn connect(path: &Path) -> io::Result<UnixStream> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_write_timeout(Some(CONNECTING))?;
    socket.connect(&SockAddr::unix(path)?).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => io::Error::new(io::ErrorKind::TimedOut, "it lets nobody in"),
        _ => error,
    })?;
    Ok(socket.into())
}
