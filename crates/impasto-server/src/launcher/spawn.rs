//! Starts a worker: this program once more, under another name.

use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::Pid;

use super::wire::{Line, ToWorker};
use super::{systemd, upgrade};

/// What a worker's command line begins with.
const NAME: &str = "impasto: worker of ";

/// Variables by which systemd, or another master, speaks to the master alone.
fn for_the_master() -> impl Iterator<Item = &'static str> {
    systemd::VARIABLES.into_iter().chain([upgrade::VARIABLE])
}

/// Whether this program turns into a worker when it is started as one.
static CAN_BE_WORKER: AtomicBool = AtomicBool::new(false);

/// The line to the master, where this process was started as a worker: its standard input.
pub(super) fn line_of_worker() -> Option<Line> {
    CAN_BE_WORKER.store(true, Ordering::Relaxed);
    let is_worker = std::env::args_os().next()?.to_str()?.starts_with(NAME);
    if is_worker { Line::from_stdin().ok() } else { None }
}

/// Whether [`init`](crate::init) has been called in this process.
pub(super) fn can_be_worker() -> bool {
    CAN_BE_WORKER.load(Ordering::Relaxed)
}

/// Starts a worker of `service`, which is given the first message and what goes with it.
///
/// The child has no descriptors but the three standard ones: all others of this process are closed on
/// exec, and what a worker needs is passed over its line. No code of ours runs between fork and exec.
pub(super) fn spawn(
    service: &str,
    first: &ToWorker,
    with: &[BorrowedFd<'_>],
) -> io::Result<(Pid, Line)> {
    let (line, theirs) = Line::pair()?;
    let mut command = Command::new("/proc/self/exe");
    command.arg0(format!("{NAME}{service}")).stdin(Stdio::from(theirs));
    for_the_master().for_each(|name| _ = command.env_remove(name));
    let child = command.spawn()?;
    // `SIGCHLD` says when it has ended, whoever it was.
    let pid = Pid::from_child(&child);
    // A child that has died already is reaped like any other.
    if let Err(error) = line.send(first, with) {
        tracing::warn!(%error, worker = pid.as_raw_nonzero(), "cannot speak to a worker");
    }
    Ok((pid, line))
}
