//! Stories of a launcher.

use std::time::{Duration, Instant};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn plan(workers: usize) -> Plan {
    Plan {
        name: "main".into(),
        workers,
        drain: Some(SECOND * 60),
        silence: Some(SECOND * 30),
        startup: SECOND * 30,
    }
}

/// A launcher and the time.
struct Story {
    machine: Machine,
    now: Instant,
    actions: Vec<Action>,
}

impl Story {
    fn begin(workers: usize) -> Story {
        let now = Instant::now();
        let (machine, actions) = Machine::start(now, vec![plan(workers)]);
        Story { machine, now, actions }
    }

    /// All workers of the first generation are ready.
    fn serving(workers: usize) -> Story {
        let mut story = Story::begin(workers);
        for id in 1..=workers as u64 {
            story.then(Event::Ready(WorkerId(id)));
        }
        assert_eq!(story.actions, [Action::Started]);
        story.later(SECOND * 2);
        story
    }

    fn then(&mut self, event: Event) -> &[Action] {
        self.actions = self.machine.handle(self.now, event);
        &self.actions
    }

    /// Time passes second by second, with every worker alive.
    fn later(&mut self, time: Duration) -> Vec<Action> {
        let end = self.now + time;
        let mut all = Vec::new();
        while self.now < end {
            self.now = self.machine.deadline().clamp(self.now, end);
            let alive: Vec<WorkerId> = self.machine.workers.keys().copied().collect();
            for id in alive {
                all.extend(self.machine.handle(self.now, Event::Beat(id)));
            }
            all.extend(self.machine.handle(self.now, Event::Tick));
        }
        all
    }

    fn spawned(&self) -> Vec<u64> {
        let spawned = self.actions.iter().filter_map(|action| match action {
            Action::Spawn { worker, .. } => Some(worker.0),
            _ => None,
        });
        spawned.collect()
    }
}

fn kill(id: u64, kill: Kill) -> Action {
    Action::Kill(WorkerId(id), kill)
}

/// Reloads to another generation of one worker, which is ready at once; its number.
fn another_generation(story: &mut Story) -> Option<u64> {
    story.then(Event::Reload);
    story.then(Event::Loaded(Ok(Change::Generation(vec![plan(1)]))));
    let worker = *story.spawned().first()?;
    story.then(Event::Ready(WorkerId(worker)));
    story.then(Event::Retired(WorkerId(worker - 1)));
    Some(worker)
}

#[test]
fn a_third_generation_waits_for_the_end_of_one_that_drains() {
    let mut story = Story::serving(1);
    assert_eq!(another_generation(&mut story), Some(2));
    assert_eq!(another_generation(&mut story), Some(3));
    assert_eq!(another_generation(&mut story), None);
    assert_eq!(story.later(SECOND * 5), []);
    story.then(Event::Exited(WorkerId(1), Ending::Clean));
    assert_eq!(story.spawned(), [4]);
    assert_eq!(story.then(Event::Ready(WorkerId(4)))[0], Action::Adopt);
}

#[test]
fn what_drains_for_too_long_is_cut_for_a_third_generation() {
    let mut story = Story::serving(1);
    for worker in [2, 3] {
        assert_eq!(another_generation(&mut story), Some(worker));
    }
    assert_eq!(another_generation(&mut story), None);
    let actions = story.later(SECOND * 11);
    let [Action::Spawn { worker: WorkerId(4), .. }] = actions[..] else { panic!("{actions:?}") };
    let ready = story.then(Event::Ready(WorkerId(4)));
    assert!(ready.contains(&kill(1, Kill::Overdue)), "{ready:?}");
}

#[test]
fn it_has_started_when_every_worker_is_ready() {
    let mut story = Story::begin(2);
    assert_eq!(story.spawned(), [1, 2]);
    assert_eq!(story.then(Event::Ready(WorkerId(2))), []);
    assert_eq!(story.then(Event::Ready(WorkerId(1))), [Action::Started]);
}

#[test]
fn a_worker_that_lived_is_replaced_at_once() {
    let mut story = Story::serving(2);
    story.then(Event::Exited(WorkerId(1), Ending::Crashed));
    assert_eq!(story.spawned(), [3]);
    assert_eq!(story.actions.len(), 1);
}

#[test]
fn a_crash_loop_is_throttled_and_then_given_up() {
    let mut story = Story::begin(1);
    let mut forks = 1;
    let mut next = 1;
    let exit = loop {
        story.then(Event::Exited(WorkerId(next), Ending::Crashed));
        let mut actions = story.actions.clone();
        if story.spawned().is_empty() {
            actions = story.later(SECOND);
            while !actions.iter().any(|it| matches!(it, Action::Spawn { .. } | Action::Exit(_))) {
                actions = story.later(SECOND);
            }
        }
        match actions.iter().find(|it| matches!(it, Action::Spawn { .. } | Action::Exit(_))) {
            Some(Action::Spawn { worker, .. }) => (next, forks) = (worker.0, forks + 1),
            Some(Action::Exit(code)) => break *code,
            _ => unreachable!(),
        }
    };
    // Two at once, then after 1, 2, 4, 8 and 16 s; the next would come after thirty.
    assert_eq!((forks, exit), (7, code::WORKERS));
}

#[test]
fn what_is_wrong_with_the_file_is_exit_4_at_once() {
    let mut story = Story::begin(2);
    let quit = [Action::Stopping(Stop::AtOnce), kill(1, Kill::Quit), kill(2, Kill::Quit)];
    assert_eq!(story.then(Event::Unfit(WorkerId(1), "no such app".into())), quit);
    story.then(Event::Exited(WorkerId(1), Ending::Crashed));
    assert_eq!(
        story.then(Event::Exited(WorkerId(2), Ending::Crashed)),
        [Action::Exit(code::CONFIGURATION)]
    );
}

#[test]
fn a_start_is_all_or_nothing() {
    let mut story = Story::begin(2);
    assert_eq!(story.then(Event::Ready(WorkerId(1))), []);
    let quit = [Action::Stopping(Stop::AtOnce), kill(1, Kill::Quit), kill(2, Kill::Quit)];
    assert_eq!(story.then(Event::Unfit(WorkerId(2), "no such app".into())), quit);
    // Whoever is late with the same has nothing to change.
    let mut story = Story::serving(2);
    assert_eq!(story.then(Event::Unfit(WorkerId(2), "no such app".into())), []);
}

#[test]
fn a_swap_is_committed_when_all_are_prepared() {
    let mut story = Story::serving(2);
    assert_eq!(story.then(Event::Reload), [Action::Load]);
    let prepare = [Action::Prepare(WorkerId(1)), Action::Prepare(WorkerId(2))];
    assert_eq!(story.then(Event::Loaded(Ok(Change::Swap))), prepare);
    assert_eq!(story.then(Event::Prepared(WorkerId(1), Ok(()))), []);
    let commit = [Action::Adopt, Action::Commit(WorkerId(1)), Action::Commit(WorkerId(2))];
    assert_eq!(story.then(Event::Prepared(WorkerId(2), Ok(()))), commit);
    assert_eq!(story.then(Event::Swapped(WorkerId(1))), []);
    assert_eq!(story.then(Event::Swapped(WorkerId(2))), [Action::Reloaded(Ok(()))]);
}

#[test]
fn one_worker_that_refuses_is_enough_to_go_back() {
    let mut story = Story::serving(2);
    story.then(Event::Reload);
    story.then(Event::Loaded(Ok(Change::Swap)));
    story.then(Event::Prepared(WorkerId(1), Ok(())));
    let wrong = || Fault::Wrong("wrong".into());
    let back = [
        Action::Abort(WorkerId(1)),
        Action::Abort(WorkerId(2)),
        Action::Discard,
        Action::Reloaded(Err(wrong())),
    ];
    assert_eq!(story.then(Event::Prepared(WorkerId(2), Err("wrong".into()))), back);
}

#[test]
fn reloads_that_are_asked_for_meanwhile_are_one_more() {
    let mut story = Story::serving(1);
    story.then(Event::Reload);
    story.then(Event::Reload);
    story.then(Event::Reload);
    let wrong = || Fault::Wrong("wrong".into());
    let again = [Action::Discard, Action::Reloaded(Err(wrong())), Action::Load];
    assert_eq!(story.then(Event::Loaded(Err(wrong()))), again);
    let done = [Action::Discard, Action::Reloaded(Err(wrong()))];
    assert_eq!(story.then(Event::Loaded(Err(wrong()))), done);
}

#[test]
fn a_new_generation_takes_over_when_it_is_complete() {
    let mut story = Story::serving(1);
    story.then(Event::Reload);
    story.then(Event::Loaded(Ok(Change::Generation(vec![plan(2)]))));
    assert_eq!(story.spawned(), [2, 3]);
    assert_eq!(story.then(Event::Ready(WorkerId(2))), []);
    let commit = [Action::Adopt, Action::Retire(GenerationId(1)), Action::Drain(WorkerId(1))];
    assert_eq!(story.then(Event::Ready(WorkerId(3))), commit);
    assert_eq!(story.then(Event::Retired(WorkerId(1))), [Action::Reloaded(Ok(()))]);
    assert_eq!(story.then(Event::Exited(WorkerId(1), Ending::Cut)), []);
}

#[test]
fn a_generation_that_cannot_start_leaves_the_old_one_alone() {
    let mut story = Story::serving(1);
    story.then(Event::Reload);
    story.then(Event::Loaded(Ok(Change::Generation(vec![plan(2)]))));
    story.then(Event::Exited(WorkerId(2), Ending::Crashed));
    assert_eq!(story.actions[..2], [kill(3, Kill::Discarded), Action::Discard]);
    assert!(matches!(story.actions[2], Action::Reloaded(Err(_))));
    assert_eq!(story.then(Event::Exited(WorkerId(3), Ending::Crashed)), []);
    assert_eq!(story.machine.state(WorkerId(1)), Some(WorkerState::Ready));
}

#[test]
fn a_silent_worker_is_aborted_then_killed_and_replaced() {
    let mut story = Story::serving(1);
    let mut all = Vec::new();
    for _ in 0..33 {
        story.now += SECOND;
        all.extend(story.machine.handle(story.now, Event::Tick));
    }
    assert_eq!(all[0], kill(1, Kill::Hung));
    assert!(matches!(all[1], Action::Spawn { worker: WorkerId(2), .. }));
    assert_eq!(all[2], kill(1, Kill::Overdue));
}

#[test]
fn nobody_is_late_when_the_master_slept() {
    let mut story = Story::serving(2);
    story.now += SECOND * 600;
    assert_eq!(story.then(Event::Tick), []);
}

#[test]
fn a_stop_drains_and_is_clean_or_cut() {
    for (ending, code) in [(Ending::Clean, code::CLEAN), (Ending::Cut, code::CUT)] {
        let mut story = Story::serving(1);
        let drain = [Action::Stopping(Stop::Graceful), Action::Drain(WorkerId(1))];
        assert_eq!(story.then(Event::Stop), drain);
        assert_eq!(story.then(Event::Stop), []);
        assert_eq!(story.then(Event::Exited(WorkerId(1), ending)), [Action::Exit(code)]);
    }
}

#[test]
fn a_generation_that_is_given_up_makes_no_stop_unclean() {
    let mut story = Story::serving(1);
    story.then(Event::Reload);
    story.then(Event::Loaded(Ok(Change::Generation(vec![plan(1)]))));
    assert!(story.then(Event::Stop).contains(&kill(2, Kill::Discarded)));
    assert_eq!(story.then(Event::Exited(WorkerId(2), Ending::Crashed)), []);
    let exit = [Action::Exit(code::CLEAN)];
    assert_eq!(story.then(Event::Exited(WorkerId(1), Ending::Clean)), exit);
}

#[test]
fn a_worker_that_starts_is_not_waited_for() {
    let mut story = Story::begin(1);
    assert_eq!(
        story.then(Event::Stop),
        [Action::Stopping(Stop::Graceful), kill(1, Kill::Starting)]
    );
    assert_eq!(
        story.then(Event::Exited(WorkerId(1), Ending::Crashed)),
        [Action::Exit(code::CLEAN)]
    );
}

#[test]
fn a_stuck_worker_is_killed_at_the_deadline() {
    let mut story = Story::serving(1);
    story.then(Event::Stop);
    assert_eq!(story.later(SECOND * 60), []);
    assert_eq!(story.later(SECOND), [kill(1, Kill::Overdue)]);
    assert_eq!(story.then(Event::Exited(WorkerId(1), Ending::Crashed)), [Action::Exit(code::CUT)]);
}

#[test]
fn int_makes_a_stop_urgent() {
    let mut story = Story::serving(1);
    story.then(Event::Stop);
    assert_eq!(story.then(Event::StopNow), [Action::Stopping(Stop::AtOnce), kill(1, Kill::Quit)]);
    assert_eq!(story.later(SECOND), [kill(1, Kill::Overdue)]);
}

#[test]
fn operators_want_more_or_fewer_and_a_reload_keeps_it() {
    let mut story = Story::serving(2);
    story.then(Event::More);
    assert_eq!(story.spawned(), [3]);
    story.then(Event::Ready(WorkerId(3)));
    story.then(Event::Reload);
    story.then(Event::Loaded(Ok(Change::Generation(vec![plan(2)]))));
    assert_eq!(story.spawned(), [4, 5, 6]);
    (4..=6).for_each(|id| _ = story.then(Event::Ready(WorkerId(id))));
    (1..=3).for_each(|id| _ = story.then(Event::Retired(WorkerId(id))));
    assert!(story.then(Event::Fewer).contains(&Action::Drain(WorkerId(6))));
    story.then(Event::Reload);
    // The file asks for another number.
    story.then(Event::Loaded(Ok(Change::Generation(vec![plan(4)]))));
    assert_eq!(story.spawned(), [7, 8, 9, 10]);
}

#[test]
fn an_idle_launcher_comes_back_with_a_reload() {
    let mut story = Story::serving(1);
    let drains = [Action::Log(Log::Idle), Action::Drain(WorkerId(1))];
    assert_eq!(story.then(Event::Idle), drains);
    assert_eq!(story.then(Event::Idle), []);
    assert_eq!(story.then(Event::Exited(WorkerId(1), Ending::Clean)), []);
    story.then(Event::Reload);
    assert_eq!(story.spawned(), [2]);
}

#[test]
fn nothing_is_done_after_the_end() {
    let mut story = Story::serving(1);
    story.then(Event::Stop);
    assert_eq!(story.then(Event::Exited(WorkerId(1), Ending::Clean)), [Action::Exit(code::CLEAN)]);
    assert_eq!(story.then(Event::StopNow), []);
    assert_eq!(story.then(Event::Stop), []);
}

#[test]
fn an_upgrade_ends_this_master_or_changes_nothing() {
    let mut story = Story::serving(1);
    assert_eq!(story.then(Event::Upgrade), [Action::StartUpgrade]);
    assert_eq!(story.then(Event::Upgrade), [Action::Log(Log::UpgradeRefused)]);
    assert_eq!(story.then(Event::UpgradeEnded), []);
    story.then(Event::Upgrade);
    let over = [Action::HandOver, Action::Stopping(Stop::Graceful), Action::Drain(WorkerId(1))];
    assert_eq!(story.then(Event::UpgradeReady), over);
    assert_eq!(story.then(Event::Exited(WorkerId(1), Ending::Clean)), [Action::Exit(code::CLEAN)]);
}

#[test]
fn a_new_master_that_never_serves_is_ended() {
    let mut story = Story::serving(1);
    story.then(Event::Upgrade);
    let late = Log::UpgradeLate { within: SECOND * 30 };
    let given_up = [Action::Log(late), Action::KillUpgrade];
    assert_eq!(story.later(SECOND * 30), given_up);
}

#[test]
fn a_service_lives_from_its_start_on() {
    let mut story = Story::begin(2);
    story.then(Event::Ready(WorkerId(1)));
    assert!(!story.machine.is_alive(story.now), "one of two");
    story.then(Event::Ready(WorkerId(2)));
    assert!(story.machine.is_alive(story.now));
    assert!(!story.machine.is_alive(story.now + SECOND * 6), "nobody was heard of");
    story.then(Event::Stop);
    assert!(story.machine.is_alive(story.now + SECOND * 6), "a stop takes its time");
}
