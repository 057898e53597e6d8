//! What the machine decides, done.

use std::time::Instant;

use super::log::say;
use super::{Master, take_over};
use crate::launcher::machine::{Action, Event, GenerationId, Kill, Stop, WorkerId};
use crate::launcher::pid_file::PidFile;
use crate::launcher::process::{Process, Unsent};
use crate::launcher::spawn::spawn;
use crate::launcher::systemd::State;
use crate::launcher::upgrade::Upgrade;
use crate::launcher::wire::{Load, ToWorker};
use crate::socket_file::SocketFile;

impl Master {
    pub(super) fn apply(&mut self, actions: Vec<Action>) {
        for action in actions {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Load => self.begin_reload(),
            Action::Spawn { worker, generation, service } => {
                self.spawn(worker, generation, service)
            }
            Action::Prepare(id) => self.prepare(id),
            Action::Commit(id) => self.to(id, ToWorker::Commit(self.attempt)),
            Action::Abort(id) => self.to(id, ToWorker::Abort),
            Action::Drain(id) => self.to(id, ToWorker::Drain),
            Action::Kill(id, kill) => self.kill(id, kill),
            Action::Adopt => self.adopt(),
            Action::Discard => (self.loaded, self.next_pid_file) = (None, None),
            Action::Retire(generation) => _ = self.generations.remove(&generation),
            Action::Reloaded(outcome) => self.end_reload(outcome),
            Action::Started => self.started(),
            Action::Stopping(stop) => {
                self.systemd.tell(&[State::Stopping]);
                if self.machine.has_started() {
                    match stop {
                        Stop::Graceful => tracing::info!("finishing the requests in flight"),
                        Stop::AtOnce => {
                            tracing::info!("ending at once: requests in flight are cut")
                        }
                    }
                }
                // Workers close them, too: then clients are refused rather than kept waiting.
                let served = self.generations.values_mut().flatten();
                served.for_each(|served| served.listeners.clear());
            }
            Action::StartUpgrade => self.start_upgrade(),
            Action::KillUpgrade => self.upgrade.iter().for_each(Upgrade::kill),
            Action::HandOver => self.hand_over(),
            Action::Log(log) => say(log),
            Action::Exit(code) => self.ended = Some(code),
        }
    }

    fn spawn(&mut self, id: WorkerId, generation: GenerationId, service: usize) {
        let served = self.generations.get(&generation).or(self.loaded.as_ref());
        let Some(served) = served.and_then(|served| served.get(service)) else {
            return self.queue.push_back(Event::NotSpawned(id));
        };
        let mut others = self.processes.0.values().filter(|it| it.generation == generation);
        let checks_all = !others.any(|it| it.checks_all);
        let is_new = !self.generations.contains_key(&generation);
        let revision = self.revision + u64::from(is_new);
        let service = served.service.name().to_owned();
        let seat = self.processes.free_seat(&service);
        let first = ToWorker::Serve { checks_all, seat };
        match spawn(&service, &first, &served.descriptors()) {
            Ok((pid, line)) => {
                tracing::debug!(pid = pid.as_raw_nonzero(), service, "a worker starts");
                let (since, load) = (Instant::now(), Load::default());
                let number = pid.as_raw_nonzero().get().unsigned_abs();
                self.asked.board.forked(&served.service, number);
                let unsent = Unsent::default();
                self.processes.0.insert(
                    id,
                    Process {
                        pid,
                        line,
                        unsent,
                        generation,
                        service,
                        since,
                        load,
                        revision,
                        seat: seat.map(|number| (served.tally.clone(), number)),
                        checks_all,
                        has_said_why: false,
                    },
                );
            }
            Err(error) => {
                tracing::error!(%error, service, "cannot start a worker");
                self.queue.push_back(Event::NotSpawned(id));
            }
        }
    }

    fn prepare(&mut self, id: WorkerId) {
        let Some(process) = self.processes.0.get_mut(&id) else { return };
        let loaded = self.loaded.iter().flatten();
        let mut of_service = loaded.filter(|served| served.service.name() == process.service);
        let Some(served) = of_service.next() else { return };
        match served.order.try_clone() {
            Ok(order) => process.tell(ToWorker::Prepare(self.attempt), Some(order)),
            Err(error) => tracing::error!(%error, "cannot pass settings to a worker"),
        }
    }

    fn to(&mut self, id: WorkerId, message: ToWorker) {
        if let Some(process) = self.processes.0.get_mut(&id) {
            process.tell(message, None);
        }
    }

    fn kill(&mut self, id: WorkerId, kill: Kill) {
        if let Some(process) = self.processes.0.get_mut(&id) {
            process.kill(kill);
        }
    }

    fn start_upgrade(&mut self) {
        match self.program.upgrade(self.generations.values().flatten()) {
            Ok(upgrade) => {
                let pid = upgrade.pid.as_raw_nonzero();
                tracing::info!(pid, "upgrading: a new master starts");
                self.upgrade = Some(upgrade);
            }
            Err(error) => {
                tracing::error!(%error, "not upgraded: the program cannot be started");
                self.queue.push_back(Event::UpgradeEnded);
            }
        }
    }

    /// The new master serves; what both have is its own now.
    fn hand_over(&mut self) {
        tracing::info!("upgraded: the new master serves");
        if let Some(upgrade) = self.upgrade.take() {
            self.systemd.hand_over(upgrade.pid.as_raw_nonzero().get().unsigned_abs());
        }
        let listeners = self.generations.values().flatten().flat_map(|served| &served.listeners);
        listeners.filter_map(|it| it.file.as_ref()).for_each(SocketFile::leave);
    }

    fn started(&mut self) {
        self.systemd.tell(&[State::Ready, State::Status("serving")]);
        if let Some(predecessor) = self.predecessor.take() {
            self.control = take_over(self.file());
            if let Some(Err(error)) = self.pid_file.as_mut().map(PidFile::promote) {
                tracing::warn!(%error, "the pid file of the old master cannot be replaced");
            }
            predecessor.relieve();
        }
        let Some(served) = self.generations.get(&self.machine.current()) else { return };
        let addresses = served.iter().flat_map(|served| {
            let name = served.service.name();
            served.addresses().map(move |address| (name.to_owned(), address))
        });
        let addresses: Vec<_> = addresses.collect();
        if let Some(started) = &mut self.started {
            started(&addresses);
        }
    }
}
