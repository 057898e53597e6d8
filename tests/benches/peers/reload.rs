//! How long the old text is served after a reload of a stack of 50 filters.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use impasto_tests::server::get;

use crate::peer::{Peer, free_address};
use crate::report::{Goal, median, millis, percentile};
use crate::servers::in_sources;

const FILTERS: usize = 50;

/// Those of the bench `stack`, over and over, but for the log.
const KINDS: [&str; 7] = [
    "request_id",
    "proxy_headers",
    "secure_headers",
    "cors",
    "catch_errors",
    "timeout",
    "size_limit",
];

pub(crate) fn of_fifty_filters(reloads: usize) -> anyhow::Result<Vec<Goal>> {
    let (address, directory) = (free_address()?, tempfile::tempdir()?);
    fs::write(directory.path().join("api-paste.ini"), text(address, 1))?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_impasto-tests"));
    command.args(["serve", "api-paste.ini"]);
    let mut peer = Peer::start(address, directory, command)?;
    peer.answers()?;
    let mut times = Vec::new();
    for revision in 2..2 + reloads {
        times.push(reload(&peer, revision)?);
    }
    let (middle, most) = (millis(median(&times)), millis(percentile(&times, 99)));
    println!("\n{:42} {:>11} {:>11}", "until the new text is served, ms", "median", "p99");
    println!("{:42} {middle:>11.1} {most:>11.1}", "impasto, 50 filters, 2 workers");
    Ok(vec![Goal { what: "ms until a reload is served, p99", measured: most, at_most: 50.0 }])
}

fn reload(peer: &Peer, revision: usize) -> anyhow::Result<Duration> {
    let path = peer.directory.path();
    fs::write(path.join("new"), text(peer.address, revision))?;
    fs::rename(path.join("new"), path.join("api-paste.ini"))?;
    let line = format!("x-revision: {revision}\r\n");
    let start = Instant::now();
    peer.process().signal("HUP");
    while !get(&peer.address.to_string())?.contains(&line) {
        let patience = Duration::from_secs(30);
        anyhow::ensure!(start.elapsed() < patience, "revision {revision} is not served");
        sleep(Duration::from_millis(1));
    }
    let took = start.elapsed();
    // The next one is to meet a server that rests.
    sleep(Duration::from_millis(50));
    Ok(took)
}

fn text(address: SocketAddr, revision: usize) -> String {
    let stack = in_sources("../stack/stack.ini");
    let mut text = format!(
        "[server:main]\nuse = egg:impasto#http\nlisten = {address}\nworkers = 2\nthreads = 1\n\
         [app:app]\nuse = config:{stack}#empty\n\
         [filter:revision]\nuse = egg:impasto-tests#revision\nnumber = {revision}\n"
    );
    let mut pipeline = String::from("revision");
    for (at, kind) in (1..FILTERS).zip(KINDS.iter().cycle()) {
        let _ = write!(text, "[filter:filter_{at}]\nuse = config:{stack}#{kind}\n");
        let _ = write!(pipeline, " filter_{at}");
    }
    text + &format!("[pipeline:main]\npipeline = {pipeline} app\n")
}
