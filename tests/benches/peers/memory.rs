//! What a connection takes: one that was never used, and one that rests after a request.

use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::client::{ask, connect_and_ask};
use crate::peer::Peer;
use crate::report::Goal;
use crate::servers::{EIGHT, EMPTY, Server, Setup};

const CONNECTIONS: usize = 10_000;
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes.
struct Memory {
    /// Of the server, after its first answers.
    server: u64,
    /// Of each connection.
    unused: f64,
    resting: f64,
}

pub(crate) fn connections() -> anyhow::Result<Vec<Goal>> {
    println!(
        "\n{:42} {:>12} {:>14} {:>14}",
        "10,000 connections", "server, MB", "unused, B", "resting, B"
    );
    let mut goals = Vec::new();
    for server in [Server::Hyper, EMPTY, EIGHT, Server::Nginx, Server::Caddy] {
        let memory = measure(server).with_context(|| server.description())?;
        println!(
            "{:42} {:>12.1} {:>14.0} {:>14.0}",
            server.description(),
            memory.server as f64 / 1e6,
            memory.unused,
            memory.resting
        );
        if server == EIGHT {
            let goal = |what, measured, at_most| Goal { what, measured, at_most };
            goals.push(goal("bytes of a connection never used", memory.unused, 2500.0));
            goals.push(goal("bytes of a connection that rests", memory.resting, 13_000.0));
        }
    }
    Ok(goals)
}

fn measure(server: Server) -> anyhow::Result<Memory> {
    let mut peer = server.start(Setup::PLAIN)?;
    peer.answers()?;
    connect_and_ask(peer.address, 100, None)?;
    let (before, descriptors) = (settled(&peer), peer.descriptors());
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(TcpStream::connect(peer.address)?);
    }
    let start = Instant::now();
    // A few of those before may be closed only now.
    while peer.descriptors() + 200 < descriptors + CONNECTIONS {
        anyhow::ensure!(start.elapsed() < PATIENCE, "it takes {} connections", peer.descriptors());
        sleep(Duration::from_millis(20));
    }
    let unused = settled(&peer);
    for connection in &mut connections {
        connection.set_read_timeout(Some(PATIENCE))?;
        ask(connection)?;
    }
    let resting = settled(&peer);
    let each = |memory: u64| memory.saturating_sub(before) as f64 / CONNECTIONS as f64;
    Ok(Memory { server: before, unused: each(unused), resting: each(resting) })
}

/// Its memory once that has not changed for a while.
fn settled(peer: &Peer) -> u64 {
    let mut memory = peer.memory();
    for _ in 0..20 {
        sleep(Duration::from_millis(250));
        let now = peer.memory();
        if now == memory {
            break;
        }
        memory = now;
    }
    memory
}
