//! Another binary in the place of this one, without a closed port in between.
//!
//! The old master starts the new one, as it was started itself, and gives it the listeners over its
//! standard input. When the new one's workers accept connections it says so; then the old one drains
//! and ends. Whatever goes wrong before that ends the new one, and nothing has changed.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use rustix::process::{Pid, Signal, getppid, kill_process};
use serde::{Deserialize, Serialize};

use super::served::Served;
use super::wire::Line;
use crate::address::{Address, BoundAddress};
use crate::bind::Listening;

/// By which a master knows that the process of this number started it to take over.
pub(super) const VARIABLE: &str = "IMPASTO_UPGRADE_FROM";

/// From the old master: where the listeners that go with the message listen.
#[derive(Debug, Serialize, Deserialize)]
struct Inherit(Vec<(Address, BoundAddress)>);

/// From the new master: it serves.
#[derive(Debug, Serialize, Deserialize)]
struct Serving;

/// How this program was started, so that it can be started again.
#[derive(Debug)]
pub(super) struct Program {
    /// As it was called then; there may be another binary now.
    path: PathBuf,
    words: Vec<OsString>,
}

/// The new master, as the old one knows it.
#[derive(Debug)]
pub(super) struct Upgrade {
    pub(super) pid: Pid,
    pub(super) since: Instant,
    line: Line,
}

/// The old master, as the new one knows it.
#[derive(Debug)]
pub(super) struct Predecessor(Line);

impl Program {
    /// Asked before anybody can replace the binary.
    pub(super) fn running() -> io::Result<Program> {
        Ok(Program { path: env::current_exe()?, words: env::args_os().collect() })
    }

    pub(super) fn upgrade<'a>(
        &self,
        served: impl Iterator<Item = &'a Served>,
    ) -> io::Result<Upgrade> {
        let listeners: Vec<_> = served.flat_map(|served| &served.listeners).collect();
        let (line, theirs) = Line::pair()?;
        let mut words = self.words.iter();
        let mut command = Command::new(&self.path);
        if let Some(name) = words.next() {
            command.arg0(name);
        }
        command.args(words).stdin(Stdio::from(theirs));
        command.env(VARIABLE, std::process::id().to_string());
        // It says whom systemd watches, and that would still be us.
        command.env_remove("WATCHDOG_PID");
        // What of systemd is listened on is passed as all listeners are; the rest is closed.
        for name in ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"] {
            command.env_remove(name);
        }
        let child = command.spawn()?;
        let where_to = listeners.iter().map(|it| (it.asked.clone(), it.address.clone()));
        let sockets: Vec<BorrowedFd<'_>> = listeners.iter().map(|it| it.socket.as_fd()).collect();
        line.send(&Inherit(where_to.collect()), &sockets)?;
        Ok(Upgrade { pid: Pid::from_child(&child), since: Instant::now(), line })
    }
}

impl Upgrade {
    /// Whether the new master has said that it serves.
    pub(super) fn serves(&self) -> bool {
        matches!(self.line.try_receive::<Serving>(), Ok(Some(_)))
    }

    pub(super) fn kill(&self) {
        // Its workers notice by themselves.
        let _ = kill_process(self.pid, Signal::KILL);
    }
}

impl AsFd for Upgrade {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.line.as_fd()
    }
}

impl Predecessor {
    /// The master that started this one to take over, with what it listens on.
    pub(super) fn find() -> io::Result<Option<(Predecessor, Vec<Listening>)>> {
        if !replaces_another() {
            return Ok(None);
        }
        let line = Line::from_stdin()?;
        let Some((Inherit(addresses), sockets)) = line.receive::<Inherit>()? else {
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "the old master has ended"));
        };
        let listening = addresses.into_iter().zip(sockets);
        let listening = listening.map(|((asked, address), socket)| adopt(asked, address, socket));
        Ok(Some((Predecessor(line), listening.collect())))
    }

    /// Tells it that this one serves, and that it can go.
    pub(super) fn relieve(self) {
        if let Err(error) = self.0.send(&Serving, &[]) {
            tracing::warn!(%error, "the old master has ended before it was told to");
        }
    }
}

/// Whether the process that started this one is a master whose place it is to take.
pub(crate) fn replaces_another() -> bool {
    let from = env::var(VARIABLE).ok().and_then(|pid| pid.parse().ok());
    from.is_some() && from == getppid().map(|pid| pid.as_raw_nonzero().get())
}

fn adopt(asked: Address, address: BoundAddress, socket: OwnedFd) -> Listening {
    Listening::inherited(asked, address, socket)
}
