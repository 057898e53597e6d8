//! The server beside its peers: bare hyper, nginx, Caddy, and two servers in Python with the same INI file.
//!
//!     cargo bench --package impasto-tests --bench peers [-- WORD...]
//!
//! All are processes of their own and answer the same text. They take turns, round after round, and
//! medians count; of times only the ratios mean something. CPU time is that of all of a server's
//! processes, the system's part included. Words name the parts to measure, by default all;
//! `ROUNDS` says how often, by default 21 times: 5 take about two minutes.
//!
//! nginx and Caddy are installed from Debian, if they are missing and it may; the Python packages always.

#[path = "peers/client.rs"]
mod client;
#[path = "peers/http2.rs"]
mod http2;
#[path = "peers/hyper.rs"]
mod hyper;
#[path = "peers/memory.rs"]
mod memory;
#[path = "peers/peer.rs"]
mod peer;
#[path = "peers/reload.rs"]
mod reload;
#[path = "peers/report.rs"]
mod report;
#[path = "stack/request.rs"]
mod request;
#[path = "peers/requests.rs"]
mod requests;
#[path = "peers/rounds.rs"]
mod rounds;
#[path = "peers/servers.rs"]
mod servers;
#[path = "peers/start.rs"]
mod start;
#[path = "peers/tls.rs"]
mod tls;
#[path = "peers/tools.rs"]
mod tools;

use report::Goal;
use tls::Certificate;

/// That of the `impasto` binary, for bare hyper, too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PARTS: [&str; 8] =
    ["requests", "pipelined", "tls", "http2", "workers", "memory", "start", "reload"];

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    if let [name, address] = &*words
        && name == "hyper"
    {
        return hyper::serve(address);
    }
    for word in &words {
        anyhow::ensure!(PARTS.contains(&&**word), "`{word}` is none of {}", PARTS.join(", "));
    }
    tools::install()?;
    hyper::raise_open_files()?;
    let rounds = match std::env::var("ROUNDS") {
        Ok(rounds) => rounds.parse::<usize>()?.max(1),
        Err(_) => 21,
    };
    let directory = tempfile::tempdir()?;
    let certificate = Certificate::issue(directory.path())?;
    let mut goals = Vec::new();
    for part in PARTS {
        if words.is_empty() || words.iter().any(|word| word == part) {
            goals.extend(measure(part, rounds, &certificate)?);
        }
    }
    println!();
    goals.iter().for_each(Goal::print);
    Ok(())
}

fn measure(part: &str, rounds: usize, certificate: &Certificate) -> anyhow::Result<Vec<Goal>> {
    match part {
        "requests" => requests::alone(rounds),
        "pipelined" => requests::pipelined(rounds),
        "tls" => requests::encrypted(rounds, certificate),
        "http2" => requests::http2(rounds, certificate),
        "workers" => requests::two_workers(rounds),
        "memory" => memory::connections(),
        "start" => start::first_answer(rounds),
        _ => reload::of_fifty_filters(rounds * 5),
    }
}
