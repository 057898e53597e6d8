//! The launcher's decisions: events in, actions out, and nothing else. No clock, no process, no file.
//!
//! Whoever holds a [`Machine`] tells it everything that happens, with the time, and does what it says.
//! It wants an [`Event::Tick`] by [`Machine::deadline`], if nothing else happens before.

mod event;
mod generation;
mod reload;
mod stop;
mod throttle;
mod timers;
mod worker;

#[cfg(test)]
mod storm;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::control::WorkerState;
pub(crate) use event::{
    Action, Change, Ending, Event, Fault, GenerationId, Kill, Log, Plan, Stop, WorkerId, code,
};
use generation::Generation;
use reload::Reload;
use stop::Stopping;
use worker::{State, Worker};

pub(crate) struct Machine {
    now: Instant,
    began: Instant,
    /// When time was last known to pass.
    ticked: Instant,
    workers: BTreeMap<WorkerId, Worker>,
    current: Generation,
    /// The generation that a reload starts.
    next: Option<Generation>,
    /// Oldest first.
    draining: Vec<Generation>,
    reload: Option<Reload>,
    /// Another reload was asked for while something else was under way.
    again: bool,
    upgrade: Option<Instant>,
    /// All workers are to go, and to come back.
    idle: bool,
    ever_ready: bool,
    /// Whether [`Action::Started`] has been given.
    announced: bool,
    stopping: Option<Stopping>,
    last_worker: u64,
    last_generation: u64,
    actions: Vec<Action>,
}

impl Machine {
    /// Starts the workers of the first generation.
    pub(crate) fn start(now: Instant, plans: Vec<Plan>) -> (Machine, Vec<Action>) {
        let mut machine = Machine {
            now,
            began: now,
            ticked: now,
            workers: BTreeMap::new(),
            current: Generation::new(GenerationId(1), plans, None),
            next: None,
            draining: Vec::new(),
            reload: None,
            again: false,
            upgrade: None,
            idle: false,
            ever_ready: false,
            announced: false,
            stopping: None,
            last_worker: 0,
            last_generation: 1,
            actions: Vec::new(),
        };
        machine.settle();
        let actions = std::mem::take(&mut machine.actions);
        (machine, actions)
    }

    /// What to do now that this has happened, in order.
    pub(crate) fn handle(&mut self, now: Instant, event: Event) -> Vec<Action> {
        self.now = now;
        match event {
            Event::Tick => self.tick(),
            Event::Loaded(loaded) => self.loaded(loaded),
            Event::NotSpawned(worker) => self.ended(worker, Ending::Crashed),
            Event::Ready(worker) => self.ready(worker),
            Event::Beat(worker) => self.heard(worker),
            Event::Unfit(worker, text) => self.unfit(worker, text),
            Event::Prepared(worker, outcome) => {
                self.heard(worker);
                self.prepared(worker, outcome);
            }
            Event::Swapped(worker) | Event::Retired(worker) => {
                self.heard(worker);
                self.committed(worker);
            }
            Event::Exited(worker, ending) => self.ended(worker, ending),
            Event::Reload => self.ask_for_reload(),
            Event::Stop => self.stop(code::CLEAN),
            Event::StopNow => self.stop_now(code::CUT),
            Event::More => self.more(),
            Event::Fewer => self.fewer(),
            Event::Idle => self.rest(),
            Event::Upgrade => self.start_upgrade(),
            Event::UpgradeReady => self.hand_over(),
            Event::UpgradeEnded => self.upgrade = None,
        }
        self.settle();
        std::mem::take(&mut self.actions)
    }

    /// Whether it only waits for its workers' end.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.is_some()
    }

    /// How many workers a service of a generation is to have.
    pub(crate) fn wanted(&self, generation: GenerationId, service: usize) -> usize {
        let serving = [&self.current].into_iter().chain(&self.next);
        let team = serving.filter(|it| it.id == generation).find_map(|it| it.teams.get(service));
        let idle = self.idle && generation == self.current.id;
        team.filter(|_| !idle && self.stopping.is_none()).map_or(0, |team| team.wanted)
    }

    /// Whether every worker of the first generation has accepted connections.
    pub(crate) fn has_started(&self) -> bool {
        self.announced
    }

    /// Whether it has started, and a worker has been heard of lately, or none needs to be.
    pub(crate) fn is_alive(&self, now: Instant) -> bool {
        const LATELY: Duration = Duration::from_secs(5);
        let mut workers = self.workers.values();
        let needs_none = self.idle || self.stopping.is_some();
        let is_heard = |it: &Worker| it.is_ready() && now.duration_since(it.heard) < LATELY;
        self.announced && (needs_none || workers.any(is_heard))
    }

    /// Whether a reload is under way.
    pub(crate) fn is_reloading(&self) -> bool {
        self.reload.is_some()
    }

    /// The generation that new connections go to.
    pub(crate) fn current(&self) -> GenerationId {
        self.current.id
    }

    /// What a worker is doing, as others are told.
    pub(crate) fn state(&self, worker: WorkerId) -> Option<WorkerState> {
        self.workers.get(&worker).map(|worker| match worker.state {
            State::Booting { .. } => WorkerState::Booting,
            State::Ready { .. } => WorkerState::Ready,
            State::Draining { .. } => WorkerState::Draining,
            State::Dying { .. } | State::Killed => WorkerState::Ending,
        })
    }

    /// Brings what is into line with what is wanted.
    fn settle(&mut self) {
        self.draining.retain(|old| self.workers.values().any(|it| it.generation == old.id));
        if self.stopping.is_some() {
            return self.settle_stop();
        }
        self.settle_reload();
        self.fill();
        if !self.announced && self.is_complete(&self.current) {
            self.announced = true;
            self.actions.push(Action::Started);
        }
        self.reload_again();
    }

    /// As many workers of the current generation as are wanted.
    fn fill(&mut self) {
        for service in 0..self.current.teams.len() {
            let serving = self.serving(self.current.id, service);
            let wanted = if self.idle { 0 } else { self.current.teams[service].wanted };
            let respawns = &mut self.current.teams[service].respawns;
            let free = wanted.saturating_sub(serving.len());
            respawns.sort();
            respawns.truncate(free);
            for _ in respawns.len()..free {
                self.spawn(self.current.id, service);
            }
            // The newest have the fewest connections.
            for surplus in serving.into_iter().skip(wanted) {
                self.drain(surplus);
            }
        }
    }

    fn spawn(&mut self, generation: GenerationId, service: usize) {
        self.last_worker += 1;
        let id = WorkerId(self.last_worker);
        let plan = self.plan(generation, service);
        let until = self.now + plan.map_or_else(Default::default, |plan| plan.startup);
        let state = State::Booting { until };
        self.workers.insert(id, Worker { id, generation, service, state, heard: self.now });
        self.actions.push(Action::Spawn { worker: id, generation, service });
    }

    fn drain(&mut self, id: WorkerId) {
        let Some(worker) = self.workers.get(&id).filter(|worker| worker.serves()) else { return };
        let drain = self.plan(worker.generation, worker.service).and_then(|plan| plan.drain);
        let until = drain.map(|drain| self.now + drain);
        let action = match worker.is_booting() {
            true => Action::Kill(id, Kill::Starting),
            false => Action::Drain(id),
        };
        self.set(id, State::Draining { until });
        self.actions.push(action);
    }

    fn kill(&mut self, id: WorkerId, kill: Kill) {
        let state = match kill {
            Kill::Hung => State::Dying { until: self.now + timers::ABORT },
            Kill::Quit => State::Dying { until: self.now + timers::QUIT },
            Kill::Starting | Kill::Overdue | Kill::Discarded => State::Killed,
        };
        self.set(id, state);
        self.actions.push(Action::Kill(id, kill));
    }

    fn set(&mut self, id: WorkerId, state: State) {
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.state = state;
        }
    }

    fn heard(&mut self, id: WorkerId) {
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.heard = self.now;
        }
    }

    fn ready(&mut self, id: WorkerId) {
        self.heard(id);
        let now = self.now;
        let Some(worker) = self.workers.get_mut(&id).filter(|worker| worker.is_booting()) else {
            return;
        };
        worker.state = State::Ready { since: now };
        self.ever_ready = true;
        let generation = worker.generation;
        self.join_reload(id, generation);
    }

    /// It will exit by itself.
    fn unfit(&mut self, id: WorkerId, text: String) {
        let Some(generation) = self.workers.get(&id).map(|worker| worker.generation) else {
            return;
        };
        if self.next.as_ref().is_some_and(|next| next.id == generation) {
            self.fail_reload(Fault::Wrong(text));
        } else if !self.announced && !self.is_stopping() {
            // Also when others are ready: a start is all or nothing.
            self.stop_now(code::CONFIGURATION);
        }
    }

    fn ended(&mut self, id: WorkerId, ending: Ending) {
        let Some(worker) = self.workers.remove(&id) else { return };
        if let Some(stopping) = &mut self.stopping {
            let of = |generation: &Generation| generation.id == worker.generation;
            // A generation that was given up has not served anybody.
            if of(&self.current) || self.draining.iter().any(of) {
                stopping.saw(&worker, ending);
            }
            return;
        }
        if self.next.as_ref().is_some_and(|next| next.id == worker.generation) {
            let text = "a worker of the new generation ended before it was ready";
            return self.fail_reload(Fault::Failed(text.into()));
        }
        self.leave_reload(id);
        if worker.generation != self.current.id || !worker.serves() {
            return;
        }
        let team = &mut self.current.teams[worker.service];
        let early = worker.died_early(self.now);
        let pause = team.throttle.pause(self.now, early, team.wanted);
        if !pause.is_zero() {
            team.respawns.push(self.now + pause);
            let service = team.plan.name.clone();
            self.actions.push(Action::Log(Log::Throttled { service, pause }));
        }
    }

    fn rest(&mut self) {
        if !self.idle && self.stopping.is_none() {
            self.idle = true;
            self.actions.push(Action::Log(Log::Idle));
        }
    }

    fn more(&mut self) {
        if self.idle {
            self.idle = false;
        } else {
            self.current.teams.iter_mut().for_each(|team| team.wanted += 1);
        }
        self.log_wanted();
    }

    fn fewer(&mut self) {
        self.current.teams.iter_mut().for_each(|team| team.wanted = (team.wanted - 1).max(1));
        self.log_wanted();
    }

    fn log_wanted(&mut self) {
        for team in &self.current.teams {
            let (service, wanted) = (team.plan.name.clone(), team.wanted);
            self.actions.push(Action::Log(Log::Workers { service, wanted }));
        }
    }

    fn plan(&self, generation: GenerationId, service: usize) -> Option<&Plan> {
        let all = self.draining.iter().chain(&self.next).chain([&self.current]);
        let mut of_id = all.filter(|it| it.id == generation);
        of_id.next().and_then(|it| it.teams.get(service)).map(|team| &team.plan)
    }

    /// The workers of a generation, oldest first.
    fn of_generation(&self, generation: GenerationId) -> impl Iterator<Item = &Worker> {
        self.workers.values().filter(move |worker| worker.generation == generation)
    }

    /// The workers that count for a service, oldest first.
    fn serving(&self, generation: GenerationId, service: usize) -> Vec<WorkerId> {
        let of_service = self.of_generation(generation).filter(|it| it.service == service);
        of_service.filter(|it| it.serves()).map(|it| it.id).collect()
    }

    /// Whether all workers that are wanted accept connections.
    fn is_complete(&self, generation: &Generation) -> bool {
        let ready = |service| {
            let of_service = self.of_generation(generation.id).filter(|it| it.service == service);
            of_service.filter(|it| it.is_ready()).count()
        };
        generation.teams.iter().enumerate().all(|(at, team)| ready(at) >= team.wanted)
    }
}
