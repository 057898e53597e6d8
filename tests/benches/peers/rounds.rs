//! Rounds in which servers take turns, so that what disturbs the machine disturbs all of them.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::peer::Peer;
use crate::report::median;
use crate::servers::{Server, Setup};

/// What a request costs.
pub(crate) struct Cost {
    /// Wall time of the slower of client and server.
    pub(crate) time: Duration,
    /// On processors, the system's part included, of all the server's processes.
    pub(crate) cpu: Duration,
}

/// Sends many requests, and waits for the answers; how many these were.
pub(crate) type Ask = Box<dyn FnMut() -> anyhow::Result<u32>>;

/// A server that is measured.
pub(crate) struct Contender {
    pub(crate) server: Server,
    peer: Peer,
    ask: Ask,
}

impl Contender {
    /// Starts a server, and a client of it.
    pub(crate) fn start(
        server: Server,
        setup: Setup<'_>,
        client: impl FnOnce(&Peer) -> anyhow::Result<Ask>,
    ) -> anyhow::Result<Contender> {
        let start = || {
            let mut peer = server.start(setup)?;
            peer.listens()?;
            let ask = client(&peer)?;
            Ok(Contender { server, peer, ask })
        };
        let started: anyhow::Result<Contender> = start();
        started.with_context(|| server.description().to_owned())
    }

    fn round(&mut self) -> anyhow::Result<(Duration, Duration)> {
        let (before, start) = (self.peer.cpu(), Instant::now());
        let requests = (self.ask)().with_context(|| self.server.description().to_owned())?;
        let time = start.elapsed();
        Ok((time / requests, (self.peer.cpu() - before) / requests))
    }
}

/// Medians of that many rounds, after one that is not counted, as a table.
pub(crate) fn compare(
    title: &str,
    mut contenders: Vec<Contender>,
    rounds: usize,
) -> anyhow::Result<Vec<(Server, Cost)>> {
    let mut measured = Vec::new();
    for contender in &mut contenders {
        contender.round()?;
        measured.push((Vec::new(), Vec::new()));
    }
    for _ in 0..rounds {
        for (contender, (times, cpus)) in contenders.iter_mut().zip(&mut measured) {
            let (time, cpu) = contender.round()?;
            times.push(time);
            cpus.push(cpu);
        }
    }
    let costs: Vec<_> = contenders
        .iter()
        .zip(measured)
        .map(|(it, (times, cpus))| (it.server, Cost { time: median(&times), cpu: median(&cpus) }))
        .collect();
    print(title, &costs);
    Ok(costs)
}

fn print(title: &str, costs: &[(Server, Cost)]) {
    println!("\n{title:42} {:>11} {:>7} {:>11} {:>7}", "requests/s", "ratio", "CPU us", "ratio");
    let first = &costs[0].1;
    for (server, cost) in costs {
        println!(
            "{:42} {:>11.0} {:>7.3} {:>11.2} {:>7.2}",
            server.description(),
            1.0 / cost.time.as_secs_f64(),
            first.time.as_secs_f64() / cost.time.as_secs_f64(),
            cost.cpu.as_secs_f64() * 1e6,
            cost.cpu.as_secs_f64() / first.cpu.as_secs_f64(),
        );
    }
}

/// How many times the other's CPU time a request takes.
pub(crate) fn cpu_ratio(costs: &[(Server, Cost)], server: Server, other: Server) -> f64 {
    of(costs, server).cpu.as_secs_f64() / of(costs, other).cpu.as_secs_f64()
}

/// How many times the other's time a request takes.
pub(crate) fn time_ratio(costs: &[(Server, Cost)], server: Server, other: Server) -> f64 {
    of(costs, server).time.as_secs_f64() / of(costs, other).time.as_secs_f64()
}

fn of(costs: &[(Server, Cost)], server: Server) -> &Cost {
    let found = costs.iter().find(|(it, _)| *it == server);
    &found.expect("each server that is compared has been measured").1
}
