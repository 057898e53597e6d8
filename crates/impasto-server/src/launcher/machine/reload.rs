//! Reloads: all workers, or none.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::event::{Action, Change, Fault, GenerationId, Kill, Log, Plan, WorkerId};
use super::generation::Generation;
use super::{Machine, State, Worker};

/// Generations that may drain at once. A newer one waits to be started for the end of one of them, or else the
/// oldest is cut.
const DRAINING: usize = 2;

/// How long it waits.
const ROOM: Duration = Duration::from_secs(10);

/// How long workers may take to exchange pointers, or to stop accepting.
const COMMIT: Duration = Duration::from_secs(5);

/// How far a reload has come.
#[derive(Debug)]
pub(super) enum Reload {
    /// The files are being read.
    Loading,
    /// Workers compose the new stack beside the old.
    Swapping {
        asked: BTreeSet<WorkerId>,
        prepared: BTreeSet<WorkerId>,
        /// Workers that died meanwhile: one may have been killed, two are the new stack's doing.
        deaths: u32,
        until: Instant,
    },
    /// They exchange the one for the other, or those of the old generation stop accepting: who is told
    /// that the reload is over is not to meet the old one again.
    Committing { waiting: BTreeSet<WorkerId>, until: Instant },
    /// A new generation is to start, and as many as may drain still do.
    Waiting { plans: Vec<Plan>, until: Instant },
    /// A new generation starts.
    Starting { until: Instant },
}

impl Machine {
    pub(super) fn ask_for_reload(&mut self) {
        self.again = self.stopping.is_none();
    }

    /// Begins the reload that was asked for, once nothing else is under way.
    pub(super) fn reload_again(&mut self) {
        let has_started = self.announced || self.now >= self.began + self.startup();
        let free = self.reload.is_none() && self.upgrade.is_none() && has_started;
        if self.again && free && self.stopping.is_none() {
            self.again = false;
            self.idle = false;
            self.reload = Some(Reload::Loading);
            self.fill();
            self.actions.push(Action::Load);
        }
    }

    pub(super) fn loaded(&mut self, loaded: Result<Change, Fault>) {
        if !matches!(self.reload, Some(Reload::Loading)) {
            return;
        }
        match loaded {
            Err(fault) => self.fail_reload(fault),
            Ok(Change::Swap) => {
                let until = self.now + self.startup();
                let (asked, prepared) = Default::default();
                self.reload = Some(Reload::Swapping { asked, prepared, deaths: 0, until });
                let ready = self.workers.values().filter(|worker| worker.is_ready());
                let ready: Vec<_> = ready.map(|worker| (worker.id, worker.generation)).collect();
                ready.into_iter().for_each(|(id, generation)| self.join_reload(id, generation));
            }
            Ok(Change::Generation(plans)) => {
                let room = if self.is_crowded() { ROOM } else { Duration::ZERO };
                self.reload = Some(Reload::Waiting { plans, until: self.now + room });
            }
        }
    }

    /// Whether another generation that drains would be one too many.
    fn is_crowded(&self) -> bool {
        self.draining.len() >= DRAINING
    }

    fn start_generation(&mut self) {
        let Some(Reload::Waiting { plans, .. }) = self.reload.take() else { return };
        self.last_generation += 1;
        let id = GenerationId(self.last_generation);
        let next = Generation::new(id, plans, Some(&self.current));
        let wanted: Vec<usize> = next.teams.iter().map(|team| team.wanted).collect();
        let startup = next.teams.iter().map(|team| team.plan.startup).max().unwrap_or_default();
        self.next = Some(next);
        self.reload = Some(Reload::Starting { until: self.now + startup });
        for (service, wanted) in wanted.into_iter().enumerate() {
            (0..wanted).for_each(|_| self.spawn(id, service));
        }
    }

    /// A worker that serves is asked to compose the new stack.
    pub(super) fn join_reload(&mut self, id: WorkerId, generation: GenerationId) {
        if let Some(Reload::Swapping { asked, .. }) = &mut self.reload
            && generation == self.current.id
            && asked.insert(id)
        {
            self.actions.push(Action::Prepare(id));
        }
    }

    pub(super) fn leave_reload(&mut self, id: WorkerId) {
        match &mut self.reload {
            Some(Reload::Swapping { asked, prepared, deaths, .. }) => {
                prepared.remove(&id);
                *deaths += u32::from(asked.remove(&id));
                if *deaths > 1 {
                    let text = "workers died while they composed the new stack";
                    self.fail_reload(Fault::Failed(text.into()));
                }
            }
            Some(Reload::Committing { waiting, .. }) => _ = waiting.remove(&id),
            _ => {}
        }
    }

    pub(super) fn prepared(&mut self, id: WorkerId, outcome: Result<(), String>) {
        let Some(Reload::Swapping { asked, prepared, .. }) = &mut self.reload else { return };
        if !asked.contains(&id) {
            return;
        }
        match outcome {
            Ok(()) => _ = prepared.insert(id),
            Err(text) => self.fail_reload(Fault::Wrong(text)),
        }
    }

    pub(super) fn committed(&mut self, id: WorkerId) {
        if let Some(Reload::Committing { waiting, .. }) = &mut self.reload {
            waiting.remove(&id);
        }
    }

    /// Goes on where the last answer has come.
    pub(super) fn settle_reload(&mut self) {
        if let Some(Reload::Waiting { until, .. }) = &self.reload
            && (*until <= self.now || !self.is_crowded())
        {
            self.start_generation();
        }
        match &self.reload {
            Some(Reload::Swapping { asked, prepared, .. }) => {
                let waits = self.of_generation(self.current.id).any(Worker::is_booting);
                if !waits && asked == prepared {
                    let waiting = prepared.clone();
                    self.commit_swap(waiting);
                }
            }
            Some(Reload::Starting { .. })
                if self.next.as_ref().is_some_and(|next| self.is_complete(next)) =>
            {
                self.commit_generation();
            }
            _ => {}
        }
        if matches!(&self.reload, Some(Reload::Committing { waiting, .. }) if waiting.is_empty()) {
            self.finish_reload(Ok(()));
        }
    }

    fn commit_swap(&mut self, waiting: BTreeSet<WorkerId>) {
        self.actions.push(Action::Adopt);
        self.actions.extend(waiting.iter().map(|id| Action::Commit(*id)));
        self.reload = Some(Reload::Committing { waiting, until: self.now + COMMIT });
        // What kept workers from starting may be mended.
        for team in &mut self.current.teams {
            team.respawns.clear();
            team.throttle = Default::default();
        }
    }

    fn commit_generation(&mut self) {
        let Some(next) = self.next.take() else { return };
        let old = std::mem::replace(&mut self.current, next);
        self.actions.push(Action::Adopt);
        self.actions.push(Action::Retire(old.id));
        let id = old.id;
        self.draining.push(old);
        let waiting = self.of_generation(id).filter(|worker| worker.is_ready());
        let waiting = waiting.map(|worker| worker.id).collect();
        self.reload = Some(Reload::Committing { waiting, until: self.now + COMMIT });
        self.drain_all(id);
        while self.draining.len() > DRAINING {
            let oldest = self.draining.remove(0).id;
            let alive = self.of_generation(oldest).filter(|it| it.state != State::Killed);
            let workers: Vec<_> = alive.map(|worker| worker.id).collect();
            if !workers.is_empty() {
                self.actions.push(Action::Log(Log::TooManyDraining(oldest)));
            }
            workers.into_iter().for_each(|id| self.kill(id, Kill::Overdue));
        }
        self.announced = true;
    }

    /// Drains all workers of a generation.
    pub(super) fn drain_all(&mut self, generation: GenerationId) {
        let ids: Vec<_> = self.of_generation(generation).map(|worker| worker.id).collect();
        ids.into_iter().for_each(|id| self.drain(id));
    }

    /// Goes back to what was.
    pub(super) fn fail_reload(&mut self, fault: Fault) {
        if let Some(Reload::Swapping { asked, .. }) = &self.reload {
            self.actions.extend(asked.iter().map(|id| Action::Abort(*id)));
        }
        if let Some(next) = self.next.take() {
            let workers: Vec<_> = self.of_generation(next.id).map(|worker| worker.id).collect();
            workers.into_iter().for_each(|id| self.kill(id, Kill::Discarded));
        }
        self.actions.push(Action::Discard);
        self.finish_reload(Err(fault));
    }

    fn finish_reload(&mut self, outcome: Result<(), Fault>) {
        self.reload = None;
        self.actions.push(Action::Reloaded(outcome));
    }

    /// A reload that has taken too long.
    pub(super) fn tick_reload(&mut self) {
        match self.reload {
            Some(Reload::Swapping { until, .. } | Reload::Starting { until })
                if until <= self.now =>
            {
                self.fail_reload(Fault::Failed("workers were not ready in time".into()));
            }
            // The stack is adopted; a worker that does not answer is watched by its heartbeat.
            Some(Reload::Committing { until, .. }) if until <= self.now => {
                self.finish_reload(Ok(()));
            }
            _ => {}
        }
    }

    pub(super) fn forgive_reload(&mut self, slept: Duration) {
        if let Some(
            Reload::Swapping { until, .. }
            | Reload::Committing { until, .. }
            | Reload::Waiting { until, .. }
            | Reload::Starting { until },
        ) = &mut self.reload
        {
            *until += slept;
        }
    }

    pub(super) fn reload_deadline(&self) -> Option<Instant> {
        match self.reload {
            Some(
                Reload::Swapping { until, .. }
                | Reload::Committing { until, .. }
                | Reload::Waiting { until, .. }
                | Reload::Starting { until },
            ) => Some(until),
            _ => None,
        }
    }

    /// The longest that a service gives its workers to start.
    pub(super) fn startup(&self) -> Duration {
        self.current.teams.iter().map(|team| team.plan.startup).max().unwrap_or_default()
    }
}
