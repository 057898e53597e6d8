use std::time::{Duration, Instant};

use crate::support::{Launched, answer, ask, file, times, wait};

#[test]
fn a_hundred_requests_in_flight_are_answered() {
    for _ in 0..times(1, 20) {
        let launched = Launched::serve(&file(1, "workers = 2"));
        let (address, workers) = (launched.address(), launched.settled(2));
        let start = Instant::now();
        let asked: Vec<_> =
            (0..100).map(|_| ask(&address, "/fault/sleep/2000").expect("it listens")).collect();
        let server = launched.into_server();
        server.signal("TERM");
        for asked in asked {
            let answer = answer(asked).expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        let answered = start.elapsed();
        let ended = server.end();
        println!("answered after {answered:?}, ended after {:?}", start.elapsed());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(workers.iter().all(|worker| !worker.runs()));
    }
}

#[test]
fn what_takes_too_long_is_cut() {
    // A request that waits, one that needs a core, one that holds a thread.
    for path in ["/fault/sleep/60000", "/fault/spin", "/fault/block"] {
        let server = "workers = 2\ngraceful_shutdown_timeout = 1s\nworker_timeout = 0";
        let launched = Launched::serve(&file(1, server));
        let workers = launched.settled(2);
        let stuck = ask(&launched.address(), path).expect("it listens");
        std::thread::sleep(Duration::from_millis(300));
        let start = Instant::now();
        let ended = launched.into_server().stop();
        println!("{path}: ended after {:?}", start.elapsed());
        assert_eq!(ended.code, Some(1), "{path}: {}", ended.err);
        assert!(start.elapsed() < Duration::from_secs(8));
        assert!(workers.iter().all(|worker| !worker.runs()), "no process is left");
        assert!(!answer(stuck).is_ok_and(|answer| answer.contains("200 OK")));
    }
}

#[test]
fn int_does_not_wait() {
    for (first, second) in [("INT", "INT"), ("TERM", "INT"), ("TERM", "QUIT"), ("QUIT", "TERM")] {
        let launched = Launched::serve(&file(1, "workers = 2"));
        let workers = launched.settled(2);
        let _waits = ask(&launched.address(), "/fault/sleep/60000").expect("it listens");
        let _spins = ask(&launched.address(), "/fault/spin").expect("it listens");
        std::thread::sleep(Duration::from_millis(300));
        let start = Instant::now();
        launched.server().signal(first);
        launched.server().signal(second);
        let ended = launched.into_server().end();
        assert_eq!(ended.code, Some(1), "{first} {second}: {}", ended.err);
        assert!(start.elapsed() < Duration::from_secs(8));
        assert!(workers.iter().all(|worker| !worker.runs()), "no process is left");
    }
}

#[test]
fn a_stop_ends_a_start_and_a_reload() {
    let hang = file(1, "workers = 2").replace("#fault", "#fault\nat_start = hang");
    let launched = Launched::start(&hang, &[]);
    wait("workers", || launched.workers().len() == 2);
    launched.server().signal("TERM");
    wait("an end of workers that start", || launched.master().children().is_empty());
    let code = launched.into_server().end().code;
    assert!(matches!(code, Some(0 | 1)), "{code:?}");

    let launched = Launched::serve(&file(1, "workers = 1"));
    launched.server().rewrite(&hang);
    launched.server().signal("HUP");
    wait("a new generation", || launched.workers().len() == 3);
    assert_eq!(launched.into_server().stop().code, Some(0));
}
