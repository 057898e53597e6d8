//! Random events, and what must hold whatever happens.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// What the world does next.
#[derive(Clone, Debug)]
enum Step {
    /// The nth process does what it should.
    Works(usize),
    /// The nth process dies.
    Dies(usize),
    /// The nth process finds its stack wrong.
    Refuses(usize),
    /// Nobody beats while this time passes.
    Silence(u64),
    /// Everybody beats while this time passes.
    Passes(u64),
    Reload,
    Loads(Result<Option<usize>, ()>),
    More,
    Fewer,
    Idle,
    Upgrade,
    UpgradeEnds,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..9usize).prop_map(Step::Works),
        2 => (0..9usize).prop_map(Step::Dies),
        1 => (0..9usize).prop_map(Step::Refuses),
        1 => (0..3000u64).prop_map(Step::Silence),
        4 => (0..3000u64).prop_map(Step::Passes),
        3 => Just(Step::Reload),
        2 => Just(Step::Loads(Ok(None))),
        2 => (1..4usize).prop_map(|workers| Step::Loads(Ok(Some(workers)))),
        1 => Just(Step::Loads(Err(()))),
        1 => Just(Step::More),
        1 => Just(Step::Fewer),
        1 => Just(Step::Idle),
        1 => Just(Step::Upgrade),
        1 => Just(Step::UpgradeEnds),
    ]
}

/// A process, as it really is.
#[derive(Clone, Copy, Debug, Default)]
struct Process {
    ready: bool,
    draining: bool,
    retired: bool,
    /// It has been signalled.
    dying: bool,
    asked: bool,
    prepared: bool,
    committed: bool,
}

struct World {
    machine: Machine,
    now: Instant,
    processes: BTreeMap<WorkerId, Process>,
    spawned: BTreeSet<WorkerId>,
    loading: bool,
    reloading: bool,
    largest: usize,
    exit: Option<u8>,
}

impl World {
    fn begin(workers: usize) -> World {
        let now = Instant::now();
        let (machine, actions) = Machine::start(now, vec![plan(workers)]);
        let mut world = World {
            machine,
            now,
            processes: BTreeMap::new(),
            spawned: BTreeSet::new(),
            loading: false,
            reloading: false,
            largest: workers,
            exit: None,
        };
        world.apply(actions);
        world
    }

    fn tell(&mut self, event: Event) {
        let actions = self.machine.handle(self.now, event);
        self.apply(actions);
        let wanted: usize = self.machine.current.teams.iter().map(|team| team.wanted).sum();
        self.largest = self.largest.max(wanted);
        let busy = self.processes.values().filter(|it| !it.draining && !it.dying).count();
        assert!(busy <= 2 * self.largest + 1, "{busy} processes for {wanted} workers");
        assert!(self.machine.draining.len() <= 2 + 1);
    }

    fn apply(&mut self, actions: Vec<Action>) {
        for action in actions {
            assert_eq!(self.exit, None, "after the end: {action:?}");
            match action {
                Action::Load => {
                    assert!(!self.reloading, "two reloads at once");
                    (self.loading, self.reloading) = (true, true);
                }
                Action::Reloaded(_) => (self.loading, self.reloading) = (false, false),
                Action::Spawn { worker, .. } => {
                    assert!(!self.machine.is_stopping(), "a worker for a stop");
                    assert!(self.spawned.insert(worker), "{worker:?} twice");
                    self.processes.insert(worker, Process::default());
                }
                Action::Prepare(id) => self.known(id).asked = true,
                Action::Commit(id) => {
                    let process = self.known(id);
                    assert!(process.prepared, "committed what was not prepared");
                    (process.prepared, process.committed) = (false, true);
                }
                Action::Abort(id) => {
                    let process = self.known(id);
                    (process.asked, process.prepared) = (false, false);
                }
                Action::Drain(id) => self.known(id).draining = true,
                Action::Kill(id, _) => self.known(id).dying = true,
                Action::Exit(code) => {
                    assert!(self.processes.is_empty(), "processes were left");
                    self.exit = Some(code);
                }
                _ => {}
            }
        }
    }

    fn known(&mut self, id: WorkerId) -> &mut Process {
        self.processes.get_mut(&id).expect("only living workers are spoken to")
    }

    fn nth(&self, n: usize) -> Option<WorkerId> {
        self.processes.keys().nth(n % self.processes.len().max(1)).copied()
    }

    fn works(&mut self, id: WorkerId) {
        let process = self.known(id);
        if process.draining && !process.dying && !process.retired {
            process.retired = true;
            self.tell(Event::Retired(id));
        } else if process.dying || process.draining {
            let ending = if process.dying { Ending::Crashed } else { Ending::Clean };
            self.processes.remove(&id);
            self.tell(Event::Exited(id, ending));
        } else if !process.ready {
            process.ready = true;
            self.tell(Event::Ready(id));
        } else if process.asked {
            (process.asked, process.prepared) = (false, true);
            self.tell(Event::Prepared(id, Ok(())));
        } else if process.committed {
            process.committed = false;
            self.tell(Event::Swapped(id));
        }
    }

    fn passes(&mut self, milliseconds: u64, beats: bool) {
        let end = self.now + Duration::from_millis(milliseconds);
        while self.now < end && self.exit.is_none() {
            self.now = self.machine.deadline().clamp(self.now, end);
            let alive: Vec<WorkerId> = self.processes.keys().copied().filter(|_| beats).collect();
            alive.into_iter().for_each(|id| self.tell(Event::Beat(id)));
            self.tell(Event::Tick);
            assert!(self.machine.deadline() > self.now, "a master that spins");
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Works(n) => _ = self.nth(n).map(|id| self.works(id)),
            Step::Dies(n) => {
                if let Some(id) = self.nth(n) {
                    self.processes.remove(&id);
                    self.tell(Event::Exited(id, Ending::Crashed));
                }
            }
            Step::Refuses(n) => {
                let Some(id) = self.nth(n) else { return };
                let has_started = self.machine.has_started();
                match self.known(id) {
                    Process { ready: false, .. } if has_started => {
                        self.tell(Event::Unfit(id, "wrong".into()));
                    }
                    process if process.asked => {
                        process.asked = false;
                        self.tell(Event::Prepared(id, Err("wrong".into())));
                    }
                    _ => {}
                }
            }
            Step::Silence(time) => self.passes(time, false),
            Step::Passes(time) => self.passes(time, true),
            Step::Reload => self.tell(Event::Reload),
            Step::Loads(loaded) if self.loading => {
                self.loading = false;
                let change = loaded.map(|new| match new {
                    None => Change::Swap,
                    Some(workers) => Change::Generation(vec![plan(workers)]),
                });
                self.largest = self.largest.max(3);
                self.tell(Event::Loaded(change.map_err(|()| Fault::Wrong("wrong".into()))));
            }
            Step::Loads(_) => {}
            Step::More => self.tell(Event::More),
            Step::Fewer => self.tell(Event::Fewer),
            Step::Idle => self.tell(Event::Idle),
            Step::Upgrade => self.tell(Event::Upgrade),
            Step::UpgradeEnds => self.tell(Event::UpgradeEnded),
        }
    }

    /// Everybody does what they should for a while.
    fn calm(&mut self) {
        for _ in 0..200 {
            self.step(Step::Loads(Ok(None)));
            let all: Vec<WorkerId> = self.processes.keys().copied().collect();
            all.into_iter().for_each(|id| self.works(id));
            self.passes(500, true);
        }
    }
}

fn plan(workers: usize) -> Plan {
    let second = Duration::from_secs(1);
    let (drain, silence, startup) = (Some(second * 10), Some(second * 5), second * 5);
    Plan { name: "main".into(), workers, drain, silence, startup }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_happens_it_recovers_and_it_ends(
        workers in 1..4usize,
        steps in prop::collection::vec(step(), 0..150),
        urgent in any::<bool>(),
    ) {
        let mut world = World::begin(workers);
        for step in steps {
            if world.exit.is_some() {
                // Nobody ever became ready.
                return Ok(());
            }
            world.step(step);
        }
        if world.exit.is_none() && !world.machine.is_stopping() {
            world.tell(Event::UpgradeEnded);
            world.tell(Event::Reload);
            world.calm();
            if world.machine.is_stopping() {
                return Ok(());
            }
            let ready = world.processes.values().filter(|it| it.ready && !it.draining).count();
            let wanted = world.machine.wanted(world.machine.current(), 0);
            prop_assert!(wanted >= 1);
            prop_assert_eq!(ready, wanted);
            prop_assert_eq!(world.processes.len(), wanted, "a process nobody wants");
            prop_assert!(!world.reloading);
        }
        world.tell(if urgent { Event::StopNow } else { Event::Stop });
        world.calm();
        prop_assert!(world.exit.is_some(), "a stop that does not end");
    }
}
