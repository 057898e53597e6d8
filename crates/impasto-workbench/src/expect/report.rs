//! Runs the tests of a file, and tells of them as test runners do.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};
use std::time::{Duration, Instant};

use impasto::{Loader, Problems};
use serde_json::{Value, json};

use super::case::Case;
use super::compare::differences;
use crate::shown::line;
use crate::{Trial, count};

/// What became of the tests of a file. Its `Display` is a summary for people.
pub struct Report {
    /// The file.
    pub file: String,
    /// One for each test, in the order of the file.
    pub tests: Vec<Tested>,
    /// How many tests were left out.
    pub filtered: usize,
    /// How long all took.
    pub took: Duration,
}

/// What became of a test.
pub struct Tested {
    /// Its name.
    pub name: String,
    /// Where its section is: `FILE:LINE`.
    pub place: String,
    /// What was not as expected; empty when it passed.
    pub failures: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// Runs the tests of a file: those with one of these names, all where there are none. Each has a stack of its
/// own, so none sees what another has left there. Within a tokio runtime.
///
/// # Errors
///
/// All that is wrong with `[test:...]` sections. A stack that cannot be created is a failure of its test.
pub async fn run_tests(loader: &Loader, names: &[String]) -> Result<Report, Problems> {
    let begun = Instant::now();
    let all = Case::all(loader)?;
    let count = all.len();
    let is_wanted = |case: &Case| names.is_empty() || names.iter().any(|name| name == case.name());
    let mut tests = Vec::new();
    for case in all.into_iter().filter(is_wanted) {
        let begun = Instant::now();
        let failures = match Trial::of(loader, case.app.as_deref(), Some(&case.question)) {
            Ok(trial) => match trial.ask(&case.question).await {
                Ok(outcome) => differences(&case.expected, &outcome),
                Err(error) => vec![error],
            },
            Err(problems) => problems.to_string().lines().map(str::to_owned).collect(),
        };
        let (name, place) = (case.name().to_owned(), line(case.place()));
        tests.push(Tested { name, place, failures, took: begun.elapsed() });
    }
    let file = loader.path().display().to_string();
    let filtered = count - tests.len();
    Ok(Report { file, tests, filtered, took: begun.elapsed() })
}

impl Report {
    /// Whether there was no test at all.
    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// How many failed.
    pub fn failed(&self) -> usize {
        self.tests.iter().filter(|test| !test.failures.is_empty()).count()
    }

    /// An object: `file`, `passed`, `failed`, `filtered`, `time` (seconds) and `tests`, each with `name`,
    /// `place`, `ok`, `failures` and `time`.
    pub fn to_json(&self) -> Value {
        let test = |test: &Tested| {
            json!({
                "name": test.name,
                "place": test.place,
                "ok": test.failures.is_empty(),
                "failures": test.failures,
                "time": test.took.as_secs_f64(),
            })
        };
        json!({
            "file": self.file,
            "passed": self.tests.len() - self.failed(),
            "failed": self.failed(),
            "filtered": self.filtered,
            "time": self.took.as_secs_f64(),
            "tests": self.tests.iter().map(test).collect::<Vec<_>>(),
        })
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let tests = self.tests.len();
        writeln!(f, "running {} of {}", count(tests, "test"), self.file)?;
        for test in &self.tests {
            let word = if test.failures.is_empty() { "ok" } else { "FAILED" };
            writeln!(f, "test {} ... {word}", test.name)?;
        }
        let mut told: HashMap<&[String], &str> = HashMap::new();
        for test in self.tests.iter().filter(|test| !test.failures.is_empty()) {
            writeln!(f, "\n[test:{}] at {}", test.name, test.place)?;
            let first = *told.entry(&test.failures).or_insert(&test.name);
            // What keeps an app from being created fails all tests of it, and may be long.
            match first != test.name && test.failures.len() > 1 {
                true => writeln!(f, "    the same as [test:{first}]")?,
                false => test.failures.iter().try_for_each(|it| writeln!(f, "    {it}"))?,
            }
        }
        let failed = self.failed();
        let word = if failed == 0 { "ok" } else { "FAILED" };
        let filtered = match self.filtered {
            0 => String::new(),
            filtered => format!("; {filtered} filtered out"),
        };
        let took = self.took.as_secs_f64();
        writeln!(
            f,
            "\ntest result: {word}. {} passed; {failed} failed{filtered}; finished in {took:.2} s",
            tests - failed
        )
    }
}
