//! The processes of workers.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, wait};

use super::machine::{Ending, GenerationId, Kill, WorkerId};
use super::wire::{Line, Load, ToWorker};
use crate::tally::{SEATS, Tally};

#[derive(Debug)]
pub(super) struct Process {
    pub(super) pid: Pid,
    pub(super) line: Line,
    /// What the line could not take yet.
    pub(super) unsent: Unsent,
    pub(super) generation: GenerationId,
    pub(super) service: String,
    pub(super) since: Instant,
    pub(super) load: Load,
    /// Which reading of the files it serves, counted from 1.
    pub(super) revision: u64,
    /// Where it says how many connections it has.
    pub(super) seat: Option<(Tally, usize)>,
    /// Whether it looks at the parts of the file that are not served: one of a generation does.
    pub(super) checks_all: bool,
    /// Whether it has said why it will end.
    pub(super) has_said_why: bool,
}

/// Messages in their order, with the descriptor that goes with each.
pub(super) type Unsent = VecDeque<(ToWorker, Option<OwnedFd>)>;

/// The workers that have not been reaped.
#[derive(Debug, Default)]
pub(super) struct Processes(pub(super) BTreeMap<WorkerId, Process>);

impl Process {
    /// Tells it, as soon as its line takes it: that holds some hundred messages until the worker listens,
    /// and one that is lost would leave it serving what nobody else does.
    pub(super) fn tell(&mut self, message: ToWorker, with: Option<OwnedFd>) {
        self.unsent.push_back((message, with));
        self.speak();
    }

    /// Sends what waits, as far as the line takes it.
    pub(super) fn speak(&mut self) {
        while let Some((message, with)) = self.unsent.front() {
            let with: Vec<BorrowedFd<'_>> = with.iter().map(AsFd::as_fd).collect();
            match self.line.send(message, &with) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // It is dead, which is noticed otherwise.
                Err(error) => {
                    let worker = self.pid.as_raw_nonzero();
                    tracing::debug!(%error, worker, "cannot speak to a worker");
                    return self.unsent.clear();
                }
                Ok(()) => _ = self.unsent.pop_front(),
            }
        }
    }

    /// Asks what it has to do, where that can be said at once; one that does not listen is not worth waiting for.
    pub(super) fn count(&self) {
        if self.unsent.is_empty() {
            let _ = self.line.try_send(&ToWorker::Count);
        }
    }

    pub(super) fn kill(&mut self, kill: Kill) {
        if kill == Kill::Starting {
            // A signal that comes just when a worker begins to catch signals is neither obeyed nor caught.
            self.tell(ToWorker::Drain, None);
        }
        let (pid, service) = (self.pid.as_raw_nonzero(), &self.service);
        let signal = match kill {
            Kill::Hung => {
                tracing::error!(pid, service, "a worker does not answer; replacing it");
                Signal::ABORT
            }
            Kill::Starting => Signal::TERM,
            Kill::Quit => Signal::QUIT,
            Kill::Overdue => {
                tracing::warn!(pid, service, "a worker did not end in time; killing it");
                Signal::KILL
            }
            Kill::Discarded => Signal::KILL,
        };
        // It has not been reaped, so the pid is still its own.
        if let Err(error) = kill_process(self.pid, signal) {
            tracing::warn!(%error, pid, "cannot signal a worker");
        }
    }
}

impl Processes {
    /// A place in the tally of a service that none of its workers has.
    pub(super) fn free_seat(&self, service: &str) -> Option<usize> {
        let ours = self.0.values().filter(|process| process.service == service);
        let taken: HashSet<usize> = ours.filter_map(|it| Some(it.seat.as_ref()?.1)).collect();
        (0..SEATS).find(|seat| !taken.contains(seat))
    }

    pub(super) fn by_pid(&self, pid: Pid) -> Option<WorkerId> {
        self.0.iter().find(|(_, process)| process.pid == pid).map(|(id, _)| *id)
    }
}

/// The next child that has ended. Also children of nobody, which a first process of a container
/// inherits.
pub(super) fn reap() -> Option<(Pid, WaitStatus)> {
    loop {
        match wait(WaitOptions::NOHANG) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(ended) => return ended,
            Err(_no_children) => return None,
        }
    }
}

/// Logs how a worker ended, unless it was told to.
pub(super) fn ending(process: &Process, status: WaitStatus, was_told: bool) -> Ending {
    let (pid, service) = (process.pid.as_raw_nonzero(), &process.service);
    let age = process.since.elapsed();
    match (status.exit_status(), status.terminating_signal()) {
        (Some(0), _) => Ending::Clean,
        (Some(1), _) => Ending::Cut,
        (Some(status), _) => {
            if !process.has_said_why {
                tracing::error!(pid, service, ?age, status, "a worker ended");
            }
            Ending::Crashed
        }
        (None, signal) => {
            if !was_told {
                let (signal, how) = (signal.unwrap_or_default(), how(status));
                tracing::error!(pid, service, ?age, signal, "a worker was {how}");
            }
            Ending::Crashed
        }
    }
}

/// How a process ended, for people.
pub(super) fn how(status: WaitStatus) -> String {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(status), _) => format!("status {status}"),
        (None, signal) => {
            let name = signal.and_then(signal_hook::low_level::signal_name);
            format!("killed by {}", name.unwrap_or("unknown"))
        }
    }
}

/// Whether this process has a terminal of its own in front: then `SIGHUP` means that it is gone.
pub(crate) fn has_terminal() -> bool {
    let Ok(terminal) = std::fs::File::open("/dev/tty") else { return false };
    let front: io::Result<Pid> = rustix::termios::tcgetpgrp(&terminal).map_err(io::Error::from);
    front.is_ok_and(|front| front == rustix::process::getpgrp())
}
