//! Reloads under load, of impasto and of its neighbours: what fails, and how long the old text is served.
//!
//!     cargo bench --package impasto-tests --bench reload [-- SERVER...]
//!
//! Each server has two workers, or as many threads as it likes where it has none, and answers 64
//! clients that keep their connections, 16 that open one for each request, 8 HTTP/2 connections of 16
//! streams each (gunicorn has none), 8 clients whose answers come slowly, and 8 that send bodies. Its
//! configuration is changed and reloaded over and over; a reload is over when a new connection sees
//! the new text, and the next one is 1,600 requests away, so that all clients see each.
//!
//! Words name the servers to try. What is not installed is left out, by its name. `RELOADS` says how
//! often each is reloaded, 200 times unless it does: with that each answers 300,000 requests at least.

#[path = "reload/neighbours.rs"]
mod neighbours;
#[path = "reload/texts.rs"]
mod texts;

use std::time::{Duration, Instant};

use impasto_tests::load::{Expected, Load, Mix, Tally};
use impasto_tests::server::get;
use neighbours::Neighbour;

/// How many requests there are between two reloads.
const BETWEEN: u64 = 1_600;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let reloads = std::env::var("RELOADS").ok().and_then(|it| it.parse().ok()).unwrap_or(200);
    let upstream = neighbours::UPSTREAM.start("")?;
    wait_for(&upstream, 1)?;
    println!(
        "| server | reloads | requests | failed | how | until the new text, median | longest |"
    );
    println!("|---|---|---|---|---|---|---|");
    for kind in neighbours::ALL {
        if !words.is_empty() && !words.iter().any(|word| word == kind.name) {
            continue;
        }
        let mut server = match kind.start(&upstream.addresses.http1) {
            Ok(server) => server,
            Err(error) => {
                eprintln!("{} is left out: {error}", kind.name);
                continue;
            }
        };
        let mix = if kind.http2 { Mix::MANY } else { Mix::MANY.http1() };
        let (tally, mut took) = measure(&mut server, mix, reloads)?;
        took.sort();
        let failures: Vec<_> =
            tally.failures.iter().map(|(kind, count)| format!("{kind:?} {count}")).collect();
        println!(
            "| {} | {reloads} | {} | {} | {} | {:.0?} | {:.0?} |",
            kind.name,
            tally.requests,
            tally.failed(),
            failures.join(", "),
            took[took.len() / 2],
            took[took.len() - 1],
        );
        tally.described.iter().for_each(|words| eprintln!("  {words}"));
    }
    Ok(())
}

fn measure(
    server: &mut Neighbour,
    mix: Mix,
    reloads: u64,
) -> anyhow::Result<(Tally, Vec<Duration>)> {
    wait_for(server, 1)?;
    let expected = Expected { lines: texts::LINES.into(), ..Expected::default() };
    let addresses = &server.addresses;
    let load = Load::with_http2_at(&addresses.http2, &addresses.http1, mix, expected);
    let mut took = Vec::new();
    for revision in 2..2 + reloads {
        load.more(BETWEEN);
        let start = Instant::now();
        server.change(revision)?;
        wait_for(server, revision)?;
        took.push(start.elapsed());
    }
    load.more(BETWEEN);
    Ok((load.stop(), took))
}

/// Waits until a new connection sees this text.
fn wait_for(server: &Neighbour, revision: u64) -> anyhow::Result<()> {
    let start = Instant::now();
    loop {
        let answer = get(&server.addresses.http1).unwrap_or_default();
        if answer.ends_with(&format!("revision {revision}")) {
            return Ok(());
        }
        let waited = start.elapsed() < Duration::from_secs(30);
        anyhow::ensure!(waited, "revision {revision} is not served: {answer}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
