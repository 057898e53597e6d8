//! What a stack from a file costs over real sockets, beside bare hyper and a stack of tower-http layers written by hand.
//!
//!     cargo bench --package impasto-tests --bench stack
//!
//! Five servers of one thread, each a process of its own, answer 64 kept-alive connections of one client: in turn, many
//! rounds, of which the medians count; then once more under valgrind, where the difference of two run lengths repeats
//! on any machine. It fails when a limit on instructions is passed.

#[path = "stack/client.rs"]
mod client;
#[path = "stack/layers.rs"]
mod layers;
#[path = "stack/process.rs"]
mod process;
#[path = "stack/request.rs"]
mod request;
#[path = "stack/servers.rs"]
mod servers;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use client::Client;
use process::Process;
use servers::Server;

/// That of the `impasto` binary, for all of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 41;

/// Requests over each connection: in a round, and in the shorter of the two runs that are counted.
const REQUESTS: usize = 100;

/// What a request costs.
struct Cost {
    /// Wall time of the slower of client and server.
    time: Duration,
    /// On the server's processor, the system's part included.
    cpu: Duration,
    /// The server's own, without the system's.
    instructions: f64,
}

/// A limit on one cost of a stack, in those of another.
struct Goal {
    what: &'static str,
    stack: Server,
    other: Server,
    cost: fn(&Cost) -> f64,
    at_most: f64,
    /// Beyond this the program fails; only what repeats has one, and some room for processors on which the C
    /// library copies otherwise.
    fails_at: Option<f64>,
}

const GOALS: [Goal; 5] = [
    Goal {
        what: "instructions of an empty stack, to bare hyper's",
        stack: Server::Empty,
        other: Server::Hyper,
        cost: |cost| cost.instructions,
        at_most: 1.08,
        fails_at: Some(1.15),
    },
    Goal {
        what: "instructions of eight filters, to bare hyper's",
        stack: Server::Eight,
        other: Server::Hyper,
        cost: |cost| cost.instructions,
        at_most: 2.0,
        fails_at: Some(2.10),
    },
    Goal {
        what: "instructions of eight around an async app",
        stack: Server::Waiting,
        other: Server::Hyper,
        cost: |cost| cost.instructions,
        at_most: 2.0,
        fails_at: Some(2.35),
    },
    Goal {
        what: "instructions of eight filters, to tower-http's",
        stack: Server::Eight,
        other: Server::Tower,
        cost: |cost| cost.instructions,
        at_most: 1.0 / 1.15,
        fails_at: Some(1.0 / 1.15),
    },
    Goal {
        what: "CPU time of eight filters, to tower-http's",
        stack: Server::Eight,
        other: Server::Tower,
        cost: |cost| cost.cpu.as_secs_f64(),
        at_most: 1.0 / 1.15,
        fails_at: None,
    },
];

fn main() -> ExitCode {
    let asked = std::env::args().nth(1);
    let outcome = match asked.as_deref().and_then(Server::named) {
        Some(server) => server.run().map(|()| true),
        None => measure(),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot measure: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table and the goals; whether no limit was passed.
fn measure() -> anyhow::Result<bool> {
    let costs = costs()?;
    let of = |server: Server| &costs[server as usize];
    println!(
        "{:44} {:>11} {:>7} {:>11} {:>7} {:>13} {:>7}",
        "", "requests/s", "ratio", "CPU us", "ratio", "instructions", "ratio",
    );
    let hyper = of(Server::Hyper);
    for server in Server::ALL {
        let cost = of(server);
        println!(
            "{:44} {:>11.0} {:>7.2} {:>11.2} {:>7.2} {:>13.0} {:>7.2}",
            server.description(),
            1.0 / cost.time.as_secs_f64(),
            hyper.time.as_secs_f64() / cost.time.as_secs_f64(),
            cost.cpu.as_secs_f64() * 1e6,
            cost.cpu.as_secs_f64() / hyper.cpu.as_secs_f64(),
            cost.instructions,
            cost.instructions / hyper.instructions,
        );
    }
    println!();
    let mut good = true;
    for goal in GOALS {
        let ratio = (goal.cost)(of(goal.stack)) / (goal.cost)(of(goal.other));
        let outcome = if ratio <= goal.at_most { "met" } else { "missed" };
        let failed = goal.fails_at.is_some_and(|limit| ratio > limit);
        let too_much = if failed { ", TOO MUCH" } else { "" };
        println!("{:50} {ratio:.2} of {:.2}: {outcome}{too_much}", goal.what, goal.at_most);
        good &= !failed;
    }
    Ok(good)
}

/// Costs in the order of [`Server::ALL`].
fn costs() -> anyhow::Result<Vec<Cost>> {
    let mut times = Server::ALL.map(|_| Vec::new());
    let mut running = Vec::new();
    for server in Server::ALL {
        let process = Process::start(server)?;
        let client = process.client().with_context(|| format!("{server:?} does not answer"))?;
        running.push((process, client));
    }
    for _ in 0..ROUNDS {
        for ((process, client), times) in running.iter_mut().zip(&mut times) {
            times.push(round(process, client)?);
        }
    }
    drop(running);
    let mut costs = Vec::new();
    for (server, times) in Server::ALL.into_iter().zip(times) {
        let (time, cpu) = times.into_iter().unzip();
        costs.push(Cost {
            time: median(time),
            cpu: median(cpu),
            instructions: instructions(server)?,
        });
    }
    Ok(costs)
}

/// Wall time and CPU time of a request.
fn round(process: &Process, client: &mut Client) -> anyhow::Result<(Duration, Duration)> {
    let before = process.cpu()?;
    let (requests, time) = client.run(REQUESTS)?;
    Ok((time / requests, (process.cpu()? - before) / requests))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Instructions of a request.
fn instructions(server: Server) -> anyhow::Result<f64> {
    let counted = |times: usize| {
        let process = Process::start_counted(server)?;
        let (requests, _) = process.client()?.run(REQUESTS * times)?;
        anyhow::Ok((f64::from(requests), process.instructions()? as f64))
    };
    let (once, twice) = (counted(1)?, counted(2)?);
    Ok((twice.1 - once.1) / (twice.0 - once.0))
}
