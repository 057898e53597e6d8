use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::support::{Launched, file, is_long, mix, times, wait};

const SERVER: &str = "workers = 2";

#[test]
fn no_request_notices_a_reload() {
    let mut launched = Launched::serve(&file(1, SERVER));
    let workers = launched.settled(2);
    let load = launched.load(mix(), 1);
    load.more(200);
    let mut took = Vec::new();
    for revision in 2..2 + times(40, 200) as u64 {
        let start = Instant::now();
        launched.swap(&load, revision, SERVER);
        took.push(start.elapsed());
        // Far enough apart for every client to see most of them.
        load.more(times(100, 1_600) as u64);
    }
    let tally = load.stop();
    took.sort();
    let (median, longest) = (took[took.len() / 2], took[took.len() - 1]);
    println!("{} reloads, median {median:?}, longest {longest:?}: {tally}", took.len());
    assert_eq!(tally.failed(), 0, "{tally}");
    assert!(!is_long() || tally.requests >= 300_000, "{tally}");
    assert_eq!(launched.workers(), workers, "stacks are exchanged, processes are not");
    assert_eq!(launched.into_server().stop().code, Some(0));
}

#[test]
fn reloads_that_come_at_once_are_done_in_order() {
    let launched = Launched::serve(&file(1, SERVER));
    let workers = launched.settled(2);
    let load = launched.load(mix(), 1);
    for revision in 2..2 + times(10, 100) as u64 {
        for _ in 0..20 {
            launched.server().signal("HUP");
        }
        // What was written before the last signal is what is served in the end.
        launched.server().rewrite(&file(revision, SERVER));
        launched.server().signal("HUP");
        load.more(50);
    }
    // The last is surely over when nothing more has ended for a while.
    let mut ended = 0;
    while std::mem::replace(&mut ended, launched.ended()) != launched.ended() {
        std::thread::sleep(Duration::from_secs(1));
    }
    let last = 1_000;
    launched.server().rewrite(&file(last, SERVER));
    launched.server().signal("HUP");
    wait("the last reload", || launched.ended() > ended);
    load.expected().least.store(last, Ordering::SeqCst);
    load.more(200);
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
    assert_eq!(launched.workers(), workers);
}
