//! How long a start takes: until the first answer, and until a launcher's workers are ready.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::report::{Goal, median, millis, percentile};
use crate::servers::{EIGHT, EMPTY, Server, Setup, Stack};

pub(crate) fn first_answer(rounds: usize) -> anyhow::Result<Vec<Goal>> {
    let servers = [
        Server::Hyper,
        EMPTY,
        EIGHT,
        Server::Nginx,
        Server::Caddy,
        Server::Gunicorn(Stack::Five),
        Server::Eventlet(Stack::Five),
    ];
    let mut times = servers.map(|_| Vec::new());
    let mut ready = Vec::new();
    for round in 0..rounds {
        for (server, times) in servers.into_iter().zip(&mut times) {
            // A start in Python takes a second, and three tell enough.
            if round < 3 || !server.is_slow() {
                times.push(server.start(Setup::PLAIN)?.answers()?);
            }
        }
        ready.push(until_ready(EIGHT)?);
    }
    println!("\n{:42} {:>11} {:>11}", "from exec, ms", "median", "longest");
    let row = |name: &str, times: &[Duration]| {
        let longest = percentile(times, 100);
        println!("{name:42} {:>11.1} {:>11.1}", millis(median(times)), millis(longest));
    };
    for (server, times) in servers.iter().zip(&times) {
        row(server.description(), times);
    }
    row("impasto, eight filters, 2 workers: READY", &ready);
    let ratio = median(&times[1]).as_secs_f64() / median(&times[0]).as_secs_f64();
    Ok(vec![
        Goal { what: "start to first answer, to bare hyper's", measured: ratio, at_most: 2.0 },
        Goal {
            what: "ms from exec to READY, median",
            measured: millis(median(&ready)),
            at_most: 50.0,
        },
    ])
}

/// From its start until it tells systemd that all of its workers take connections.
fn until_ready(server: Server) -> anyhow::Result<Duration> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("notify");
    let socket = UnixDatagram::bind(&path)?;
    socket.set_read_timeout(Some(Duration::from_secs(30)))?;
    let peer = server.start(Setup { workers: 2, notify: Some(&path), ..Setup::PLAIN })?;
    let mut message = [0; 4096];
    loop {
        let size = socket.recv(&mut message)?;
        if message[..size].split(|byte| *byte == b'\n').any(|line| line == b"READY=1") {
            return Ok(peer.start.elapsed());
        }
    }
}
