//! The end, and the change to another binary.

use super::Machine;
use super::event::{Action, Ending, Fault, Kill, Log, Stop, WorkerId, code};
use super::worker::{State, Worker};

/// How it will end.
#[derive(Debug)]
pub(super) struct Stopping {
    code: u8,
    exited: bool,
}

impl Stopping {
    /// A worker that was cut makes a stop that was to be clean a forced one.
    pub(super) fn saw(&mut self, worker: &Worker, ending: Ending) {
        let was_cut = ending == Ending::Cut || worker.state == State::Killed;
        if was_cut && self.code == code::CLEAN {
            self.code = code::CUT;
        }
    }
}

impl Machine {
    pub(super) fn stop(&mut self, code: u8) {
        if self.stopping.is_some() {
            return;
        }
        self.again = false;
        if self.reload.is_some() {
            self.fail_reload(Fault::Failed("the server stops".into()));
        }
        if self.upgrade.take().is_some() {
            self.actions.push(Action::KillUpgrade);
        }
        self.current.teams.iter_mut().for_each(|team| team.respawns.clear());
        self.stopping = Some(Stopping { code, exited: false });
        self.actions.push(Action::Stopping(Stop::Graceful));
        let all: Vec<WorkerId> = self.workers.keys().copied().collect();
        all.into_iter().for_each(|id| self.drain(id));
    }

    pub(super) fn stop_now(&mut self, code: u8) {
        if self.stopping.as_ref().is_some_and(|stopping| stopping.exited) {
            return;
        }
        self.stop(code);
        // Also where a graceful one has begun: it is one no more.
        self.actions.retain(|action| !matches!(action, Action::Stopping(_)));
        self.actions.push(Action::Stopping(Stop::AtOnce));
        if let Some(stopping) = &mut self.stopping
            && stopping.code == code::CLEAN
        {
            stopping.code = code;
        }
        // What was asked to drain a moment ago has no time for it.
        let drains = |it: &Action| matches!(it, Action::Drain(_) | Action::Kill(_, Kill::Starting));
        self.actions.retain(|action| !drains(action));
        let alive = self.workers.values();
        let alive: Vec<WorkerId> = alive
            .filter(|worker| !matches!(worker.state, State::Dying { .. } | State::Killed))
            .map(|worker| worker.id)
            .collect();
        alive.into_iter().for_each(|id| self.kill(id, Kill::Quit));
    }

    pub(super) fn settle_stop(&mut self) {
        if let Some(stopping) = &mut self.stopping
            && self.workers.is_empty()
            && !stopping.exited
        {
            stopping.exited = true;
            self.actions.push(Action::Exit(stopping.code));
        }
    }

    pub(super) fn start_upgrade(&mut self) {
        let busy = self.reload.is_some() || self.upgrade.is_some() || !self.announced;
        if busy || self.stopping.is_some() {
            return self.actions.push(Action::Log(Log::UpgradeRefused));
        }
        self.upgrade = Some(self.now + self.startup());
        self.actions.push(Action::StartUpgrade);
    }

    /// The new master serves: this one only drains.
    pub(super) fn hand_over(&mut self) {
        if self.upgrade.take().is_some() {
            self.actions.push(Action::HandOver);
            self.stop(code::CLEAN);
        }
    }
}
