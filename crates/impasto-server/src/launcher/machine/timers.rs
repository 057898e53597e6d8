//! What is due when nothing happens.

use std::time::{Duration, Instant};

use super::Machine;
use super::event::{Action, Kill, Log, code};
use super::worker::{State, Worker};

/// From `SIGABRT`, which may write a core, to `SIGKILL`.
pub(super) const ABORT: Duration = Duration::from_secs(1);

/// From `SIGQUIT` to `SIGKILL`.
pub(super) const QUIT: Duration = Duration::from_millis(500);

/// A worker cuts its connections at its own deadline; it is killed if that does not end it.
pub(super) const CUT: Duration = Duration::from_millis(300);

/// A tick comes every second; when it does not, it was the master that slept, or the machine.
const OVERSLEPT: Duration = Duration::from_secs(3);
const TICK: Duration = Duration::from_secs(1);

impl Machine {
    /// When the next [`Event::Tick`](super::Event::Tick) has to come.
    pub(crate) fn deadline(&self) -> Instant {
        let workers = self.workers.values();
        let workers = workers.filter_map(|worker| worker.deadline(self.silence(worker)));
        let respawns = self.current.teams.iter().flat_map(|team| team.respawns.iter().copied());
        let others = [self.reload_deadline(), self.upgrade];
        let first = workers.chain(respawns).chain(others.into_iter().flatten()).min();
        let tick = self.ticked + TICK;
        first.map_or(tick, |first| first.min(tick))
    }

    pub(super) fn tick(&mut self) {
        let slept = self.now.saturating_duration_since(self.ticked);
        self.ticked = self.now;
        if slept > OVERSLEPT {
            self.forgive(slept);
        }
        let workers: Vec<Worker> = self.workers.values().cloned().collect();
        workers.iter().for_each(|worker| self.tick_worker(worker));
        if self.stopping.is_some() {
            return;
        }
        for team in &mut self.current.teams {
            team.respawns.retain(|due| *due > self.now);
        }
        if !self.ever_ready && self.now >= self.began + self.startup() {
            self.actions.push(Action::Log(Log::NeverReady { within: self.startup() }));
            return self.stop_now(code::WORKERS);
        }
        self.tick_reload();
        if self.upgrade.is_some_and(|until| until <= self.now) {
            self.upgrade = None;
            self.actions.push(Action::Log(Log::UpgradeLate { within: self.startup() }));
            self.actions.push(Action::KillUpgrade);
        }
    }

    /// Nobody was late while nobody looked.
    fn forgive(&mut self, slept: Duration) {
        for worker in self.workers.values_mut() {
            worker.heard = self.now;
            if let State::Booting { until } = &mut worker.state {
                *until += slept;
            }
        }
        if !self.ever_ready {
            self.began += slept;
        }
        self.upgrade = self.upgrade.map(|until| until + slept);
        self.forgive_reload(slept);
    }

    fn tick_worker(&mut self, worker: &Worker) {
        let now = self.now;
        let due = |at: Instant| at <= now;
        let hung = self.silence(worker).is_some_and(|silence| due(worker.heard + silence));
        match worker.state {
            State::Booting { until } if due(until) => self.replace(worker, Kill::Overdue),
            State::Ready { .. } if hung => self.replace(worker, Kill::Hung),
            State::Draining { until: Some(until) } if due(until + CUT) => {
                self.kill(worker.id, Kill::Overdue);
            }
            State::Draining { .. } if hung => self.kill(worker.id, Kill::Hung),
            State::Dying { until } if due(until) => self.kill(worker.id, Kill::Overdue),
            _ => {}
        }
    }

    /// Its end need not be waited for.
    fn replace(&mut self, worker: &Worker, kill: Kill) {
        let early = worker.is_booting();
        self.kill(worker.id, kill);
        if worker.generation == self.current.id && self.stopping.is_none() {
            self.leave_reload(worker.id);
            let team = &mut self.current.teams[worker.service];
            let pause = team.throttle.pause(self.now, early, team.wanted);
            if !pause.is_zero() {
                team.respawns.push(self.now + pause);
            }
        }
    }

    fn silence(&self, worker: &Worker) -> Option<Duration> {
        self.plan(worker.generation, worker.service).and_then(|plan| plan.silence)
    }
}
