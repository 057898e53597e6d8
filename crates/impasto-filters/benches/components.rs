//! What each filter costs in a stack: instructions and allocations of a request with which it has nothing to do,
//! and of one with its work to do, beside the same request to the app alone. And what apps and composites cost, beside
//! the shortest answer.
//!
//! `cargo bench -p impasto-filters --bench components`. All registered filters are measured, as their documented
//! example has them. The program runs itself under valgrind, twice as many requests the second time, and takes the
//! difference. It fails when a filter with nothing to do costs more than the limits.

#[path = "components/apps.rs"]
mod apps;
#[path = "components/work.rs"]
mod work;

use std::process::{Command, ExitCode};
use std::sync::Arc;

use anyhow::Context;
use http_body_util::BodyExt;
use impasto::{App, Connection, Factory, Filter, Kind, Loader, Registry};
use impasto_filters as _;
use impasto_testing::Example;

use work::{IDLE, Work};

/// Requests to an app.
const REQUESTS: u64 = 200;

/// The most that a filter with nothing to do may cost, whichever it is.
const INSTRUCTIONS: f64 = 5_000.0;
const ALLOCATIONS: f64 = 5.0;

/// Filters that have something to do with every request, and what that may cost: `trace` begins a trace, and tells of
/// it.
const ALWAYS_BUSY: [(&str, f64); 1] = [("trace", 7_500.0)];

/// The cost of a request.
#[derive(Clone, Copy)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot measure: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<bool> {
    let arguments: Vec<String> = std::env::args().collect();
    match &*arguments {
        [_, app, position, times] if app == "app" => {
            let rows = apps::rows();
            let row = position.parse::<usize>().ok().and_then(|position| rows.get(position));
            answer(row.copied().unwrap_or(apps::LEAST), times.parse()?)?;
            Ok(true)
        }
        [_, name, case, times] => {
            let work =
                if case == "idle" { IDLE } else { work::of(case).context("no such work")? };
            let filter = filters().find(|filter| filter.name() == name);
            serve(filter, work, times.parse()?)?;
            Ok(true)
        }
        _ => measure(),
    }
}

fn filters() -> impl Iterator<Item = &'static Factory> {
    let all = Registry::linked().factories().iter().copied();
    all.filter(|it| it.kind() == Kind::Filter && it.package() == env!("CARGO_PKG_NAME"))
}

/// Prints a row for each filter; whether the limits hold.
fn measure() -> anyhow::Result<bool> {
    println!(
        "| filter | nothing to do: instructions | allocations | its work | instructions | allocations |"
    );
    println!("|---|---|---|---|---|---|");
    let mut good = true;
    let nothing = instructions("none", "idle", IDLE.times)?;
    for filter in filters() {
        let name = filter.name();
        let own = format!("idle:{name}");
        let idle = match work::of(&own) {
            Some(work) => cost(filter, &own, work, instructions("none", &own, work.times)?)?,
            None => cost(filter, "idle", IDLE, nothing)?,
        };
        let busy = ALWAYS_BUSY.iter().find(|(busy, _)| *busy == name);
        let limit = busy.map_or(INSTRUCTIONS, |(_, limit)| *limit);
        good &= idle.instructions <= limit && idle.allocations <= ALLOCATIONS;
        print!("| `{name}` | {:.0} | {:.1} |", idle.instructions, idle.allocations);
        match work::of(name) {
            Some(work) => {
                let alone = instructions("none", name, work.times)?;
                let own = cost(filter, name, work, alone)?;
                println!(" {} | {:.0} | {:.1} |", work.what, own.instructions, own.allocations);
            }
            None => println!(" any request | | |"),
        }
    }
    println!("\n| app | what it is asked | instructions | allocations |\n|---|---|---|---|");
    let rows = apps::rows();
    let least = app_cost(apps::LEAST, rows.len())?;
    for (position, row) in rows.into_iter().enumerate() {
        let own = app_cost(row, position)?;
        let instructions = own.instructions - least.instructions;
        let allocations = own.allocations - least.allocations;
        println!("| `{}` | {} | {instructions:.0} | {allocations:.1} |", row.name, row.what);
    }
    println!("\nlimits with nothing to do: {INSTRUCTIONS} instructions, {ALLOCATIONS} allocations");
    for (name, limit) in ALWAYS_BUSY {
        println!("limit of `{name}`, which always has something to do: {limit} instructions");
    }
    Ok(good)
}

/// What a filter adds to the cost of a request, which takes so many instructions without it.
fn cost(filter: &'static Factory, case: &str, work: Work, alone: f64) -> anyhow::Result<Cost> {
    let counted = |filter: Option<&'static Factory>| {
        serve(filter, work, 1).map(|_| ())?;
        serve(filter, work, work.times)
    };
    let allocations = (counted(Some(filter))? as f64 - counted(None)? as f64) / work.times as f64;
    let instructions = instructions(filter.name(), case, work.times)? - alone;
    Ok(Cost { instructions, allocations })
}

/// Instructions of a request through the filter of this name.
fn instructions(name: &str, case: &str, times: u64) -> anyhow::Result<f64> {
    let (once, twice) = (callgrind(name, case, times)?, callgrind(name, case, 2 * times)?);
    Ok((twice - once) as f64 / times as f64)
}

/// Instructions of a whole run of this program.
fn callgrind(name: &str, case: &str, times: u64) -> anyhow::Result<i64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([name, case, &times.to_string()])
        .output()
        .context("valgrind does not start")?;
    let text = String::from_utf8_lossy(&output.stderr);
    let total = text.lines().find_map(|line| line.split_once("Collected :"));
    let (_, total) = total.with_context(|| format!("valgrind counted nothing:\n{text}"))?;
    Ok(total.trim().parse()?)
}

/// The cost of a request to an app, together with that of measuring it.
fn app_cost(row: apps::Row, position: usize) -> anyhow::Result<Cost> {
    answer(row, 1)?;
    let allocations = answer(row, REQUESTS)? as f64 / REQUESTS as f64;
    let instructions = instructions("app", &position.to_string(), REQUESTS)?;
    Ok(Cost { instructions, allocations })
}

/// Has so many requests answered by an app, and gives their allocations.
fn answer(row: apps::Row, times: u64) -> anyhow::Result<u64> {
    let app = row.app()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let requests: Vec<_> = (0..times).map(|_| row.request()).collect::<Result<_, _>>()?;
    let connection = Arc::new(Connection::default());
    let info = allocation_counter::measure(|| {
        runtime.block_on(async {
            for request in requests {
                let response = app.clone().handle(request, Some(connection.clone())).await;
                std::hint::black_box(&response);
            }
        });
    });
    Ok(info.count_total)
}

/// The filter with these settings.
fn told(filter: &Factory, settings: &str) -> anyhow::Result<Filter> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("api-paste.ini");
    let name = filter.name();
    std::fs::write(&path, format!("[filter:it]\nuse = egg:impasto#{name}\n{settings}"))?;
    Ok(Loader::open(path)?.filter("it")?)
}

/// Has so many requests answered, and gives their allocations.
fn serve(filter: Option<&'static Factory>, work: Work, times: u64) -> anyhow::Result<u64> {
    let filters: Vec<Filter> = match (filter, work.settings) {
        (None, _) => Vec::new(),
        (Some(filter), None) => vec![Example::of(filter)?.filter().clone()],
        (Some(filter), Some(settings)) => vec![told(filter, settings)?],
    };
    let app: App = (work.app)().filtered(&filters);
    let peer = work.peer.map(str::parse).transpose()?;
    let mut connection = Connection::default();
    connection.peer = peer;
    let connection = Arc::new(connection);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut requests = (0..times).map(|_| (work.request)());
    let info = allocation_counter::measure(|| {
        runtime.block_on(async {
            for request in requests.by_ref() {
                let response = app.clone().handle(request, Some(connection.clone())).await;
                // Some filters do their work as the body is read.
                std::hint::black_box(response.into_body().collect().await.is_ok());
            }
        });
    });
    Ok(info.count_total)
}
