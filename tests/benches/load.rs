//! How long it takes to read a file and to resolve its app, beside PasteDeploy on the same file.
//!
//!     cargo bench --package impasto-tests --bench load
//!
//! Files of 10, 1,000 and 10,000 sections: one pipeline through all the filters there are, since
//! that is what resolves every section. PasteDeploy resolves and imports, but creates nothing;
//! neither do we. serde_ini's own deserialiser knows no continuation lines, and so reads the file
//! with its pipeline on one line.
//!
//! The allocator is that of the `impasto` binary. Times are told, counts of instructions and allocations are limited.

#[path = "load/cost.rs"]
mod cost;
#[path = "load/counting.rs"]
mod counting;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use impasto::{Group, Loader};
use impasto_tests::oracle::python;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, file, times] = &*arguments
        && let Ok(times) = times.parse::<u32>()
    {
        (0..times).for_each(|_| resolve(Path::new(file)));
        return Ok(ExitCode::SUCCESS);
    }
    let directory = tempfile::tempdir()?;
    println!(
        "medians in ms         read   serde_ini   read + resolve   PasteDeploy: read   read + resolve   ratio"
    );
    let mut files = Vec::new();
    // PasteDeploy needs the better part of a minute for the last.
    for (sections, rounds, python_rounds) in [(10, 2001, 51), (1_000, 201, 5), (10_000, 41, 1)] {
        let path = directory.path().join(format!("{sections}.ini"));
        std::fs::write(&path, file(sections))?;
        let flat = directory.path().join(format!("{sections}-flat.ini"));
        std::fs::write(&flat, file(sections).replace("\n    ", " "))?;
        let (read, resolved) = (median(rounds, || read(&path)), median(rounds, || resolve(&path)));
        let others = median(rounds, || deserialize(&flat));
        let theirs = paste_deploy(&path, python_rounds);
        let ratio = theirs.1 / millis(resolved);
        println!(
            "{sections:>6} sections   {:>9.3}   {:>9.3}   {:>14.3}   {:>17.2}   {:>14.2}   {ratio:>5.0}",
            millis(read),
            millis(others),
            millis(resolved),
            theirs.0,
            theirs.1,
        );
        files.push((sections, path));
    }
    let file = |at: usize| -> (usize, &Path) { (files[at].0, &files[at].1) };
    Ok(if cost::is_within_limits(file(1), file(2))? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn file(sections: usize) -> String {
    let filters = sections - 2;
    let mut text = String::from("[DEFAULT]\nlog = %(here)s/log\n\n[pipeline:main]\npipeline =");
    for at in 0..filters {
        write!(text, "\n    filter_{at}").expect("a string can be written");
    }
    text.push_str("\n    app\n\n[app:app]\npaste.app_factory = json:dumps\n\n");
    for at in 0..filters {
        write!(
            text,
            "[filter:filter_{at}]\npaste.filter_factory = json:loads\npath = %(here)s/{at}\nlevel = {at}\n\n"
        )
        .expect("a string can be written");
    }
    text
}

fn read(path: &Path) {
    Loader::open(path).expect("the file is right");
}

fn resolve(path: &Path) {
    let loader = Loader::open(path).expect("the file is right");
    loader.context(Group::App, "main").expect("the app is right");
}

/// What serde_ini makes of a file for whoever asks it for maps.
fn deserialize(path: &Path) {
    type Sections = HashMap<String, HashMap<String, String>>;
    let text = std::fs::read_to_string(path).expect("the file can be read");
    serde_ini::from_str::<Sections>(&text).expect("the file is right");
}

fn median(rounds: usize, job: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            job();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[rounds / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn paste_deploy(path: &Path, rounds: usize) -> (f64, f64) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle/timing.py");
    let output = Command::new(python()).arg(program).arg(path).arg(rounds.to_string()).output();
    let output = output.expect("the Python environment has an interpreter");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let times: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let time = |key: &str| times[key].as_f64().expect("a number");
    (time("parse"), time("resolve"))
}
