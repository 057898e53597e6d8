//! Reloads under load, of impasto and of its neighbours: what fails, and how long the old text is served.
//!
//! Each server has two workers, or as many threads as it likes where it has none, and answers 64
//! clients that keep their connections and 16 that open one for each request. Its configuration is
//! changed and reloaded over and over; a reload is over when a new connection sees the new text.
//!
//! nginx, Caddy and gunicorn are left out where they are not installed. Words name the servers to try;
//! `RELOADS` says how often each is reloaded.

#[path = "reload/neighbours.rs"]
mod neighbours;

use std::time::{Duration, Instant};

use impasto_tests::load::{Expected, Load, Mix, Tally};
use impasto_tests::server::get;
use neighbours::Neighbour;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let reloads = std::env::var("RELOADS").ok().and_then(|it| it.parse().ok()).unwrap_or(50);
    println!(
        "| server | reloads | requests | failed | how | until the new text, median | longest |"
    );
    println!("|---|---|---|---|---|---|---|");
    for start in neighbours::ALL {
        let Some(mut server) = start(&words)? else { continue };
        let (tally, mut took) = measure(&mut server, reloads)?;
        took.sort();
        let failures: Vec<_> =
            tally.failures.iter().map(|(kind, count)| format!("{kind:?} {count}")).collect();
        println!(
            "| {} | {reloads} | {} | {} | {} | {:.0?} | {:.0?} |",
            server.name,
            tally.requests,
            tally.failed(),
            failures.join(", "),
            took[took.len() / 2],
            took[took.len() - 1],
        );
    }
    Ok(())
}

fn measure(server: &mut Neighbour, reloads: u64) -> anyhow::Result<(Tally, Vec<Duration>)> {
    wait_for(server, 1)?;
    let mix = Mix { http2: 0, slow: 0, echo: 0, ..Mix::MANY };
    let load = Load::start(&server.address, mix, Expected::default());
    let mut took = Vec::new();
    for revision in 2..2 + reloads {
        load.more(500);
        let start = Instant::now();
        server.change(revision)?;
        wait_for(server, revision)?;
        took.push(start.elapsed());
    }
    load.more(500);
    Ok((load.stop(), took))
}

/// Waits until a new connection sees this text.
fn wait_for(server: &Neighbour, revision: u64) -> anyhow::Result<()> {
    let start = Instant::now();
    loop {
        let answer = get(&server.address).unwrap_or_default();
        if answer.ends_with(&format!("revision {revision}")) {
            return Ok(());
        }
        let waited = start.elapsed() < Duration::from_secs(30);
        anyhow::ensure!(waited, "{} does not serve revision {revision}: {answer}", server.name);
        std::thread::sleep(Duration::from_millis(2));
    }
}
