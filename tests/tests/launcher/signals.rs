use std::time::Duration;

use crate::support::{Launched, file, mix, times, wait};

const STORM: [&str; 6] = ["HUP", "USR1", "TTIN", "TTOU", "CHLD", "WINCH"];

#[test]
fn a_storm_of_signals_passes() {
    let launched = Launched::serve(&file(1, "workers = 2"));
    let load = launched.load(mix(), 1);
    load.more(50);
    // Any sequence, but always the same one.
    let mut random = 1_u64;
    for _ in 0..times(1_000, 10_000) {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        launched.server().signal(STORM[(random >> 33) as usize % STORM.len()]);
        std::thread::sleep(Duration::from_millis(1));
    }
    // Whatever is still under way, the last word is that of the file.
    let mut ended = 0;
    while std::mem::replace(&mut ended, launched.ended()) != launched.ended() {
        std::thread::sleep(Duration::from_secs(1));
    }
    launched.server().rewrite(&file(2, "workers = 3"));
    launched.server().signal("HUP");
    wait("the last reload", || launched.ended() > ended);
    launched.settled(3);
    load.more(100);
    let tally = load.stop();
    println!("{ended} reloads: {tally}");
    assert_eq!(tally.failed(), 0, "{tally}");
    assert_eq!(launched.into_server().stop().code, Some(0));
}

/// The line to a worker holds some messages as long as that does not listen, and no more.
#[test]
fn what_a_worker_is_told_while_it_sleeps_is_not_lost() {
    let right = file(1, "workers = 2\nworker_timeout = 0");
    let wrong = right.replace("number = 1", "number = many");
    let mut launched = Launched::serve(&right);
    let workers = launched.settled(2);
    workers[1].signal("STOP");
    for _ in 0..times(150, 1_000) {
        // The other one refuses it: to both, `Prepare` and `Abort` are said.
        launched.refuse(&wrong);
    }
    launched.server().signal("TTOU");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(launched.workers(), workers);
    workers[1].signal("CONT");
    assert_eq!(launched.settled(1), [workers[0]]);
}

/// Ever so often just then when it begins to catch signals.
#[test]
fn a_worker_that_is_not_wanted_any_more_ends_wherever_its_start_has_come_to() {
    let launched = Launched::serve(&file(1, "workers = 1"));
    launched.settled(1);
    launched.server().signal("TTIN");
    let boot = wait("another worker", || {
        let workers = launched.workers();
        // Its runtime's threads, and the one that listens.
        workers.len() == 2 && workers[1].threads() > 3
    });
    let moments = times(50, 5_000) as u32;
    for moment in 0..moments {
        launched.server().signal("TTOU");
        launched.settled(1);
        launched.server().signal("TTIN");
        std::thread::sleep(boot / 2 + boot * moment / moments);
    }
    launched.server().signal("TTOU");
    launched.settled(1);
}

#[test]
fn operators_change_the_number_of_workers() {
    let launched = Launched::serve(&file(1, "workers = 2"));
    let load = launched.load(mix(), 1);
    let mut count = 2;
    for _ in 0..times(3, 30) {
        for (signal, change) in [("TTIN", 1), ("TTIN", 1), ("TTOU", -1), ("TTOU", -1), ("TTOU", -1)]
        {
            launched.server().signal(signal);
            count = (count + change).max(1);
            launched.settled(count as usize);
            load.more(30);
        }
    }
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
}
