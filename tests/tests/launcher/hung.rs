use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use impasto_tests::load::Load;
use impasto_tests::processes::Process;

use crate::support::{Launched, ask, file, is_long, mix, wait};

const SERVER: &str = "workers = 2\nworker_timeout = 2s";

/// Waits until one of these has been replaced, and says which.
fn replaced(launched: &Launched, before: &[Process], load: Load) -> Process {
    let start = Instant::now();
    wait("a worker is replaced", || launched.workers().iter().any(|it| !before.contains(it)));
    let after = launched.settled(2);
    let gone: BTreeSet<_> = before.iter().filter(|it| !after.contains(it)).copied().collect();
    println!("replaced after {:?}", start.elapsed());
    assert_eq!(gone.len(), 1, "the other has nothing to do with it");
    load.more(100);
    let tally = load.stop();
    for worker in tally.by_worker.keys() {
        assert!(*worker == 0 || gone.contains(&Process(*worker)), "{gone:?}: {tally}");
    }
    assert!(launched.server().err().contains("does not answer"));
    gone.into_iter().next().expect("one")
}

#[test]
fn a_stopped_worker_is_replaced() {
    let launched = Launched::serve(&file(1, SERVER));
    let before = launched.settled(2);
    let load = launched.load(mix(), 1);
    load.more(50);
    before[0].signal("STOP");
    assert_eq!(replaced(&launched, &before, load), before[0]);
}

#[test]
fn a_worker_with_a_thread_that_spins_is_replaced() {
    stuck("/fault/spin");
}

#[test]
fn a_worker_with_a_thread_that_blocks_is_replaced() {
    stuck("/fault/block");
}

fn stuck(path: &str) {
    let launched = Launched::serve(&file(1, SERVER));
    let before = launched.settled(2);
    let load = launched.load(mix(), 1);
    load.more(50);
    let _stuck = ask(&launched.address(), path).expect("it listens");
    replaced(&launched, &before, load);
}

#[test]
fn nobody_is_killed_because_the_master_slept() {
    let launched = Launched::serve(&file(1, SERVER));
    let before = launched.settled(2);
    let load = launched.load(mix(), 1);
    launched.master().signal("STOP");
    std::thread::sleep(Duration::from_secs(if is_long() { 60 } else { 5 }));
    launched.master().signal("CONT");
    std::thread::sleep(Duration::from_secs(4));
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
    assert_eq!(launched.workers(), before);
}

#[test]
fn nobody_is_killed_because_others_need_the_processor() {
    let launched = Launched::serve(&file(1, "workers = 2\nworker_timeout = 5s"));
    let before = launched.settled(2);
    let load = launched.load(mix(), 1);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        std::thread::sleep(Duration::from_secs(if is_long() { 600 } else { 8 }));
        is_over.store(true, Ordering::Relaxed);
    });
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
    assert_eq!(launched.workers(), before);
}
