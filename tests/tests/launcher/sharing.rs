use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use impasto_tests::processes::Process;

use crate::support::{Launched, PATIENCE, file, wait};

/// A connection that is kept, over which one request has been answered.
fn keep(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let head = format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = [0; 4096];
    assert!(stream.read(&mut answer).expect("an answer") > 0);
    stream
}

/// How many connections each worker has, as they say themselves.
fn connections(launched: &Launched) -> Vec<u64> {
    let status = launched.status();
    let generations = status["generations"].as_array().expect("generations").iter();
    let services = generations.flat_map(|it| it["services"].as_array().expect("services"));
    let workers = services.flat_map(|it| it["workers"].as_array().expect("workers"));
    workers.map(|it| it["connections"].as_u64().expect("a number")).collect()
}

fn stopped(process: Process) -> bool {
    let threads = fs::read_dir(format!("/proc/{}/task", process.0)).expect("it lives");
    let mut states = threads.map(|thread| {
        let stat = thread.expect("a thread").path().join("stat");
        fs::read_to_string(stat).expect("it lives")
    });
    states.all(|stat| stat.contains(") T "))
}

#[test]
fn each_worker_has_its_part_of_the_connections() {
    let mut launched = Launched::serve(&file(1, "workers = 2"));
    let address = launched.address();
    for workers in [2, 3] {
        let kept: Vec<TcpStream> = (0..96).map(|_| keep(&address)).collect();
        let mut counts = Vec::new();
        wait("all are counted", || {
            counts = connections(&launched);
            counts.iter().sum::<u64>() == 96
        });
        let fair = 96 / workers;
        assert!(counts.iter().all(|count| *count >= fair / 2), "{counts:?}");
        drop(kept);
        launched.reload(&file(2, "workers = 3"));
        launched.settled(3);
    }
}

#[test]
fn a_worker_that_takes_nothing_holds_up_nobody() {
    let launched = Launched::serve(&file(1, "workers = 2\nworker_timeout = 1h"));
    let workers = launched.settled(2);
    let address = launched.address();
    workers[0].signal("STOP");
    wait("all of its threads have stopped", || stopped(workers[0]));
    let start = Instant::now();
    let kept: Vec<TcpStream> = (0..200).map(|_| keep(&address)).collect();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    workers[0].signal("CONT");
    drop(kept);
}
