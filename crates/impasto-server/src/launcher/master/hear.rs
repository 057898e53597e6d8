//! What happens to a master, as the machine's events.

use std::io;
use std::time::Instant;

use signal_hook::consts::{
    SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, SIGWINCH,
};

use super::Master;
use crate::http::Http;
use crate::launcher::control::{Client, Reply, Request, WorkerState};
use crate::launcher::handle::Ask;
use crate::launcher::machine::{Event, WorkerId};
use crate::launcher::pid_file::PidFile;
use crate::launcher::process::{ending, has_terminal, how, reap};
use crate::launcher::wire::FromWorker;

impl Master {
    pub(super) fn signalled(&mut self, signal: i32) {
        let event = match signal {
            SIGTERM => Event::Stop,
            SIGQUIT if self.settings().is_some_and(|it| it.quit_is_graceful) => Event::Stop,
            SIGINT | SIGQUIT => Event::StopNow,
            SIGHUP if self.settings().is_none_or(Http::reloads_on_hup) => Event::Reload,
            SIGHUP => {
                tracing::info!("HUP is the end: `reload_on_hup` says so, or the terminal is gone");
                Event::Stop
            }
            SIGTTIN => Event::More,
            SIGTTOU => Event::Fewer,
            SIGWINCH if !has_terminal() => Event::Idle,
            SIGWINCH => return tracing::debug!("a terminal has another size"),
            SIGUSR2 => Event::Upgrade,
            SIGCHLD => return self.reap(),
            SIGUSR1 => {
                return tracing::info!("USR1: a log that was moved away is opened anew by itself");
            }
            _ => return,
        };
        self.queue.push_back(event);
    }

    /// The settings of the master itself: those of the first service.
    pub(super) fn settings(&self) -> Option<&Http> {
        let served = self.generations.get(&self.machine.current())?.first()?;
        Some(served.service.settings())
    }

    pub(super) fn asked_for(&mut self, ask: Ask) {
        self.queue.push_back(match ask {
            Ask::Stop => Event::Stop,
            Ask::StopNow => Event::StopNow,
            Ask::Reset => Event::Reload,
        });
    }

    /// Takes what a worker has said.
    pub(super) fn hear(&mut self, id: WorkerId) {
        while let Some(process) = self.processes.0.get_mut(&id) {
            let message = match process.line.receive::<FromWorker>() {
                Ok(Some((message, _))) => message,
                // Its end is told by `SIGCHLD`.
                Ok(None) => return,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => {
                    let pid = process.pid.as_raw_nonzero();
                    return tracing::warn!(%error, pid, "a worker is not understood");
                }
            };
            let event = match message {
                FromWorker::Reads(files) => {
                    let service = process.service.clone();
                    self.factories_read(service, files);
                    Event::Beat(id)
                }
                FromWorker::Ready => Event::Ready(id),
                FromWorker::Beat(load) => {
                    process.load = load;
                    Event::Beat(id)
                }
                FromWorker::Counted(load) => {
                    process.load = load;
                    self.curious.iter_mut().for_each(|it| _ = it.waits_for.remove(&id));
                    continue;
                }
                FromWorker::Unfit(text) => {
                    process.has_said_why = true;
                    Event::Unfit(id, text)
                }
                FromWorker::Prepared(attempt, _) | FromWorker::Swapped(attempt)
                    if attempt != self.attempt =>
                {
                    Event::Beat(id)
                }
                FromWorker::Prepared(_, outcome) => Event::Prepared(id, outcome),
                FromWorker::Swapped(_) => {
                    process.revision = self.revision;
                    Event::Swapped(id)
                }
                FromWorker::Retired => Event::Retired(id),
            };
            self.queue.push_back(event);
        }
    }

    fn reap(&mut self) {
        while let Some((pid, status)) = reap() {
            if self.upgrade.as_ref().is_some_and(|upgrade| upgrade.pid == pid) {
                self.upgrade = None;
                self.pid_file.iter().for_each(PidFile::remove_second);
                let (pid, how) = (pid.as_raw_nonzero(), how(status));
                tracing::error!(pid, "the new master ended ({how}): not upgraded");
                self.queue.push_back(Event::UpgradeEnded);
            }
            let Some(id) = self.processes.by_pid(pid) else { continue };
            // What it said before it died comes first.
            self.hear(id);
            self.asked.board.ended(pid.as_raw_nonzero().get().unsigned_abs());
            if let Some(process) = self.processes.0.remove(&id) {
                let state = self.machine.state(id);
                let was_told = matches!(state, Some(WorkerState::Draining | WorkerState::Ending));
                let ending = ending(&process, status, was_told);
                process.seat.iter().for_each(|(tally, seat)| tally.vacate(*seat));
                self.queue.push_back(Event::Exited(id, ending));
            }
        }
    }

    /// Does what somebody asks for over the control socket.
    pub(super) fn requested(&mut self, client: Client, request: Request) {
        let event = match request {
            Request::Status => return self.asked_for_status(client),
            Request::Reload | Request::Stop { now: false } if self.machine.is_stopping() => {
                return self.reply(client, &Reply::Refused("the server stops".into()));
            }
            Request::Reload => {
                self.waiting.push(client);
                return self.queue.push_back(Event::Reload);
            }
            Request::Stop { now: false } => Event::Stop,
            Request::Stop { now: true } => Event::StopNow,
        };
        self.reply(client, &Reply::Stopping);
        self.queue.push_back(event);
    }

    pub(super) fn reply(&mut self, client: Client, reply: &Reply) {
        if let Some(control) = &mut self.control {
            control.reply(client, reply, Instant::now());
        }
    }
}
