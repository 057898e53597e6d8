//! How long it takes to read a file and to resolve its app, beside PasteDeploy on the same file.
//!
//!     cargo bench --package impasto-tests --bench load
//!
//! Files of 10, 1,000 and 10,000 sections: one pipeline through all the filters there are, since
//! that is what resolves every section. PasteDeploy resolves and imports, but creates nothing;
//! neither do we.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use impasto::{Group, Loader};
use impasto_tests::oracle::python;

fn main() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    println!(
        "medians in ms         read   read + resolve   PasteDeploy: read   read + resolve   ratio"
    );
    let mut per_section = Vec::new();
    // PasteDeploy needs the better part of a minute for the last.
    for (sections, rounds, python_rounds) in [(10, 2001, 51), (1_000, 201, 5), (10_000, 41, 1)] {
        let path = directory.path().join(format!("{sections}.ini"));
        std::fs::write(&path, file(sections)).expect("the file can be written");
        let (read, resolved) = (median(rounds, || read(&path)), median(rounds, || resolve(&path)));
        let theirs = paste_deploy(&path, python_rounds);
        let ratio = theirs.1 / millis(resolved);
        println!(
            "{sections:>6} sections   {:>9.3}   {:>14.3}   {:>17.2}   {:>14.2}   {ratio:>5.0}",
            millis(read),
            millis(resolved),
            theirs.0,
            theirs.1,
        );
        per_section.push(resolved.as_nanos() as f64 / sections as f64);
    }
    // A busy machine may double a time; a quadratic step would multiply it by ten.
    let growth = per_section[2] / per_section[1];
    println!("cost of a section at 10,000 over that at 1,000: {growth:.2}");
    assert!(growth < 5.0, "loading is not linear");
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
