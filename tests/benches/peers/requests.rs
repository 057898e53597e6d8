//! What a request costs: alone, pipelined, encrypted, over HTTP/2, with several workers.

use std::thread;

use crate::client::{Client, connect_and_ask};
use crate::http2::Http2;
use crate::peer::Peer;
use crate::report::Goal;
use crate::rounds::{Ask, Contender, compare, cpu_ratio, time_ratio};
use crate::servers::{EIGHT, EMPTY, Server, Setup, Stack};
use crate::tls::Certificate;

const CONNECTIONS: usize = 64;

/// Requests over each connection in a round.
const REQUESTS: usize = 100;

const FIVE: Server = Server::Impasto(Stack::Five);

/// One after the other over connections that are kept.
pub(crate) fn alone(rounds: usize) -> anyhow::Result<Vec<Goal>> {
    let servers = [
        Server::Hyper,
        EMPTY,
        EIGHT,
        Server::Nginx,
        Server::Caddy,
        Server::Impasto(Stack::Hello),
        FIVE,
        Server::Gunicorn(Stack::Hello),
        Server::Gunicorn(Stack::Five),
        Server::Eventlet(Stack::Hello),
        Server::Eventlet(Stack::Five),
    ];
    let start = |server: Server| {
        let times = if server.is_slow() { REQUESTS / 20 } else { REQUESTS };
        Contender::start(server, Setup::PLAIN, |peer| {
            let mut client = Client::connect(peer.address, CONNECTIONS, 1, None)?;
            Ok(Box::new(move || client.run(times)))
        })
    };
    let contenders = servers.into_iter().map(start).collect::<Result<_, _>>()?;
    let costs = compare("64 connections, kept", contenders, rounds)?;
    let goal = |what, server, other, at_most| {
        let measured = cpu_ratio(&costs, server, other);
        Goal { what, measured, at_most }
    };
    Ok(vec![
        goal("CPU of an empty stack, to nginx's", EMPTY, Server::Nginx, 1.0),
        goal("CPU of eight filters, to bare hyper's", EIGHT, Server::Hyper, 1.2),
        goal("CPU of five filters, to eventlet's", FIVE, Server::Eventlet(Stack::Five), 1.0 / 30.0),
        goal("CPU of five filters, to gunicorn's", FIVE, Server::Gunicorn(Stack::Five), 1.0 / 20.0),
    ])
}

/// Sixteen at once over each connection.
pub(crate) fn pipelined(rounds: usize) -> anyhow::Result<Vec<Goal>> {
    let start = |server| {
        Contender::start(server, Setup::PLAIN, |peer| {
            let mut client = Client::connect(peer.address, CONNECTIONS, 16, None)?;
            Ok(Box::new(move || client.run(REQUESTS / 5)))
        })
    };
    let contenders = [Server::Nginx, Server::Hyper, EMPTY, EIGHT]
        .map(start)
        .into_iter()
        .collect::<Result<_, _>>()?;
    let costs = compare("pipelined, 16 deep", contenders, rounds)?;
    let measured = cpu_ratio(&costs, EMPTY, Server::Nginx);
    Ok(vec![Goal { what: "CPU of pipelined requests, to nginx's", measured, at_most: 0.2 }])
}

/// Over TLS 1.3: connections that are kept, and one for each request.
pub(crate) fn encrypted(rounds: usize, certificate: &Certificate) -> anyhow::Result<Vec<Goal>> {
    let setup = Setup { certificate: Some(certificate), ..Setup::PLAIN };
    let kept = |peer: &Peer| -> anyhow::Result<Ask> {
        let mut client = Client::connect(peer.address, CONNECTIONS, 1, Some(&certificate.client))?;
        Ok(Box::new(move || client.run(REQUESTS)))
    };
    let costs = compare("TLS, 64 connections, kept", both(setup, kept)?, rounds)?;
    let kept = cpu_ratio(&costs, EMPTY, Server::Nginx);
    let each = |peer: &Peer| -> anyhow::Result<Ask> {
        let (address, config) = (peer.address, certificate.client.clone());
        Ok(Box::new(move || connect_and_ask(address, 100, Some(&config))))
    };
    let costs = compare("TLS, a full handshake for each", both(setup, each)?, rounds)?;
    let each = cpu_ratio(&costs, EMPTY, Server::Nginx);
    Ok(vec![
        Goal { what: "CPU over TLS, to nginx's", measured: kept, at_most: 0.85 },
        Goal { what: "CPU of a handshake and a request, to nginx's", measured: each, at_most: 0.5 },
    ])
}

/// Over HTTP/2, 16 at once on each of eight connections, in clear text and over TLS.
pub(crate) fn http2(rounds: usize, certificate: &Certificate) -> anyhow::Result<Vec<Goal>> {
    let mut goals = Vec::new();
    for (title, what, certificate) in [
        ("HTTP/2, 8 connections, 16 streams", "CPU over HTTP/2, to nginx's", None),
        ("HTTP/2 over TLS", "CPU over HTTP/2 and TLS, to nginx's", Some(certificate)),
    ] {
        let setup = Setup { certificate, http2: true, ..Setup::PLAIN };
        let client = |peer: &Peer| -> anyhow::Result<Ask> {
            let mut client = Http2::connect(peer.address, certificate.map(|it| &it.client))?;
            Ok(Box::new(move || client.run(REQUESTS / 2)))
        };
        let costs = compare(title, both(setup, client)?, rounds)?;
        let measured = cpu_ratio(&costs, EMPTY, Server::Nginx);
        goals.push(Goal { what, measured, at_most: 0.6 });
    }
    Ok(goals)
}

/// With two workers, and two clients at once.
pub(crate) fn two_workers(rounds: usize) -> anyhow::Result<Vec<Goal>> {
    let setup = Setup { workers: 2, ..Setup::PLAIN };
    let client = |peer: &Peer| -> anyhow::Result<Ask> {
        let connect = || Client::connect(peer.address, CONNECTIONS / 2, 1, None);
        let mut clients = [connect()?, connect()?];
        Ok(Box::new(move || {
            thread::scope(|scope| {
                let [one, other] = &mut clients;
                let one = scope.spawn(|| one.run(REQUESTS * 2));
                let other = other.run(REQUESTS * 2)?;
                Ok(other + one.join().expect("the client does not panic")?)
            })
        }))
    };
    let costs = compare("two workers, two clients", both(setup, client)?, rounds)?;
    let measured = time_ratio(&costs, EMPTY, Server::Nginx);
    Ok(vec![Goal { what: "time with two workers, to nginx's", measured, at_most: 1.0 / 0.97 }])
}

/// nginx and an empty stack.
fn both(
    setup: Setup<'_>,
    client: impl Fn(&Peer) -> anyhow::Result<Ask>,
) -> anyhow::Result<Vec<Contender>> {
    let start = |server| Contender::start(server, setup, &client);
    [Server::Nginx, EMPTY].map(start).into_iter().collect()
}
