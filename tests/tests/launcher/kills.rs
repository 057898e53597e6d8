use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use impasto_tests::load::{Failure, Tally};
use impasto_tests::processes::Process;

use crate::support::{Launched, answer, ask, file, free_address, get, mix, times, wait};

/// A worker that dies sooner after its start counts as one that cannot start.
const SETTLED: Duration = Duration::from_millis(1_200);

/// That only requests failed that these workers had.
fn only_theirs(tally: &Tally, killed: &BTreeSet<Process>) {
    let is_theirs = |worker: &u32| *worker == 0 || killed.contains(&Process(*worker));
    let strangers: Vec<_> = tally.by_worker.keys().filter(|worker| !is_theirs(worker)).collect();
    assert!(strangers.is_empty(), "{strangers:?} not of {killed:?}: {tally}");
    for kind in [Failure::Refused, Failure::Timeout, Failure::Body, Failure::Stale, Failure::Other]
    {
        assert_eq!(tally.count(kind), 0, "{tally}");
    }
}

#[test]
fn a_killed_worker_takes_only_its_own_requests_along() {
    let launched = Launched::serve(&file(1, "workers = 4"));
    let load = launched.load(mix(), 1);
    let (mut killed, mut took) = (BTreeSet::new(), Vec::new());
    for number in 0..times(6, 50) {
        std::thread::sleep(SETTLED);
        let workers = launched.settled(4);
        let victim = workers[number % 4];
        let start = Instant::now();
        victim.signal("KILL");
        killed.insert(victim);
        let fresh = loop {
            let now = launched.workers();
            if let Some(new) = now.iter().find(|worker| !workers.contains(worker)) {
                break *new;
            }
            assert!(start.elapsed() < Duration::from_secs(10), "{}", launched.server().err());
            std::thread::sleep(Duration::from_millis(1));
        };
        wait("an answer of the new worker", || load.so_far().first_answers.contains_key(&fresh.0));
        took.push(load.so_far().first_answers[&fresh.0] - start);
    }
    let tally = load.stop();
    took.sort();
    println!("replaced in {:?}, at most {:?}: {tally}", took[took.len() / 2], took[took.len() - 1]);
    only_theirs(&tally, &killed);
    assert!(tally.failed() <= (killed.len() * 64) as u64, "{tally}");
    // Without optimisations, among other tests, the time says nothing.
    let most = Duration::from_millis(if cfg!(debug_assertions) { 5_000 } else { 100 });
    assert!(took[(took.len() * 99).div_ceil(100) - 1] <= most, "{took:?}");
    assert_eq!(launched.settled(4).len(), 4);
}

#[test]
fn a_worker_that_aborts_or_exits_is_replaced_too() {
    let launched = Launched::serve(&file(1, "workers = 2"));
    let load = launched.load(mix(), 1);
    let mut killed = BTreeSet::new();
    for path in ["/fault/abort", "/fault/exit"] {
        std::thread::sleep(SETTLED);
        killed.extend(launched.settled(2));
        let _ = get(&launched.address(), path);
        wait("a new worker", || !launched.workers().iter().all(|it| killed.contains(it)));
    }
    launched.settled(2);
    only_theirs(&load.stop(), &killed);
    let panicked = get(&launched.address(), "/fault/panic").expect("an answer");
    assert!(panicked.starts_with("HTTP/1.1 500"), "{panicked}");
}

#[test]
fn workers_do_not_outlive_their_master() {
    let address = free_address();
    let text = file(1, &format!("workers = 2\nlisten = {address}\ngraceful_shutdown_timeout = 3s"));
    for _ in 0..times(2, 20) {
        let start = Instant::now();
        let launched = Launched::serve(&text);
        let started = start.elapsed();
        let workers = launched.settled(2);
        let slow: Vec<_> = (0..8).map(|_| ask(&address, "/slow").expect("it listens")).collect();
        // It has come as far as the app.
        let mut first = [0; 1];
        slow.iter().for_each(|slow| assert_eq!(slow.peek(&mut first).expect("a head"), 1));
        let start = Instant::now();
        launched.master().signal("KILL");
        for slow in slow {
            let slow = answer(slow).expect("what was in flight is answered");
            assert!(slow.ends_with("0\r\n\r\n"), "{slow}");
        }
        wait("the workers' end", || !workers.iter().any(|worker| worker.runs()));
        println!("served after {started:?}, gone after {:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(10));
        assert!(get(&address, "/").is_err(), "nobody listens");
        assert_eq!(launched.into_server().end().code, None);
    }
}

#[test]
fn not_even_if_they_are_stuck() {
    let address = free_address();
    let server = format!("listen = {address}\ngraceful_shutdown_timeout = 1s\nworker_timeout = 0");
    let launched = Launched::serve(&file(1, &server));
    let workers = launched.settled(1);
    let _stuck = [ask(&address, "/fault/spin"), ask(&address, "/fault/block")];
    std::thread::sleep(Duration::from_millis(300));
    launched.master().signal("KILL");
    wait("the workers' end", || !workers.iter().any(|worker| worker.runs()));
    let again = Launched::serve(&file(1, &server));
    assert!(get(&again.address(), "/").is_ok());
}
