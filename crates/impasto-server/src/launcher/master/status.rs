//! What a master is doing, for `impasto status`.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::Master;
use crate::launcher::control::{
    Client, GenerationState, GenerationStatus, Phase, Reply, ServiceStatus, Status, UpgradeStatus,
    WorkerState, WorkerStatus,
};
use crate::launcher::machine::{GenerationId, WorkerId};
use crate::launcher::process::Process;

/// How long workers may take to say what they have to do. One that takes longer said it a second ago, or hangs.
const COUNTING: Duration = Duration::from_millis(100);

/// Somebody who wants to know the status, as soon as workers have said what they have to do.
pub(super) struct Curious {
    client: Client,
    pub(super) waits_for: BTreeSet<WorkerId>,
    pub(super) until: Instant,
}

impl Master {
    pub(super) fn asked_for_status(&mut self, client: Client) {
        let serves = |id: &WorkerId| {
            matches!(self.machine.state(*id), Some(WorkerState::Ready | WorkerState::Draining))
        };
        let asked = self.processes.0.iter().filter(|(id, _)| serves(id));
        let waits_for = asked.map(|(id, process)| {
            process.count();
            *id
        });
        let waits_for = waits_for.collect();
        self.curious.push(Curious { client, waits_for, until: Instant::now() + COUNTING });
    }

    /// Tells those who need wait no longer.
    pub(super) fn tell_status(&mut self) {
        let now = Instant::now();
        let known: Vec<Curious> =
            self.curious.extract_if(.., |it| it.waits_for.is_empty() || it.until <= now).collect();
        for Curious { client, .. } in known {
            let status = Reply::Status(Box::new(self.status()));
            self.reply(client, &status);
        }
    }

    pub(super) fn status(&self) -> Status {
        let of_workers = self.processes.0.values().map(|process| process.generation);
        let ids: BTreeSet<GenerationId> = of_workers.chain([self.machine.current()]).collect();
        Status {
            pid: std::process::id(),
            // Whoever asks is in another directory.
            file: std::path::absolute(self.file()).unwrap_or_else(|_| self.file().to_owned()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime: self.began.elapsed(),
            phase: self.phase(),
            generations: ids.into_iter().map(|id| self.generation(id)).collect(),
            last_reload: self.last_reload.clone(),
            upgrade: self.upgrade.as_ref().map(|upgrade| UpgradeStatus {
                pid: upgrade.pid.as_raw_nonzero().get().unsigned_abs(),
                age: upgrade.since.elapsed(),
            }),
        }
    }

    fn phase(&self) -> Phase {
        if self.machine.is_stopping() {
            Phase::Stopping
        } else if self.upgrade.is_some() {
            Phase::Upgrading
        } else if self.machine.is_reloading() {
            Phase::Reloading
        } else if self.machine.has_started() {
            Phase::Serving
        } else {
            Phase::Starting
        }
    }

    fn generation(&self, id: GenerationId) -> GenerationStatus {
        let current = self.machine.current();
        let state = match id {
            _ if id > current => GenerationState::Starting,
            _ if id == current && !self.machine.is_stopping() => GenerationState::Current,
            _ => GenerationState::Draining,
        };
        let served = self.generations.get(&id).or(self.loaded.as_ref().filter(|_| id > current));
        let named = served.into_iter().flatten().map(|served| {
            let addresses = served.addresses().map(|address| address.to_string());
            (served.service.name().to_owned(), addresses.collect())
        });
        let mut services: Vec<(String, Vec<String>)> = named.collect();
        let of_this = |it: &(&WorkerId, &Process)| it.1.generation == id;
        for (_, process) in self.processes.0.iter().filter(of_this) {
            // One that drains has no listeners any more.
            if !services.iter().any(|(name, _)| *name == process.service) {
                services.push((process.service.clone(), Vec::new()));
            }
        }
        let services = services.into_iter().enumerate().map(|(at, (name, addresses))| {
            let workers = self.processes.0.iter().filter(of_this);
            let workers = workers.filter(|(_, process)| process.service == name);
            let workers = workers.map(|(worker, process)| self.worker(*worker, process)).collect();
            ServiceStatus { name, addresses, wanted: self.machine.wanted(id, at), workers }
        });
        GenerationStatus { id: id.0, state, services: services.collect() }
    }

    fn worker(&self, id: WorkerId, process: &Process) -> WorkerStatus {
        WorkerStatus {
            pid: process.pid.as_raw_nonzero().get().unsigned_abs(),
            // One that the machine has forgotten has only to be reaped.
            state: self.machine.state(id).unwrap_or(WorkerState::Ending),
            age: process.since.elapsed(),
            requests_in_flight: process.load.requests as u64,
            connections: process.load.connections as u64,
            revision: process.revision,
        }
    }
}
