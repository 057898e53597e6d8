use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;

use impasto_tests::oracle::{Difference, Oracle, Question, differences};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::Value;
use tempfile::TempDir;

use crate::chosen;
use crate::in_time::ours_in_time;

mod damage;
mod file;
mod grammar;

use damage::{Damage, damage};
use file::NAMES;
use grammar::{files, globals};

/// How many files the two comparing tests make together.
const FILES: &str = "IMPASTO_RANDOM_FILES";
const FILES_BY_DEFAULT: u32 = 2000;

/// Any number; other files are made for another number.
const SEED: &str = "IMPASTO_RANDOM_SEED";

#[test]
fn files_that_mean_something_resolve_as_in_pastedeploy() {
    let bench = RefCell::new(Bench::start());
    let strategy = (files(), globals(), any::<bool>());
    let result =
        runner(number(FILES, FILES_BY_DEFAULT) / 2).run(&strategy, |(files, globals, expand)| {
            let texts = files.texts().map(String::into_bytes);
            bench.borrow_mut().compare(texts, globals, expand)
        });
    bench.into_inner().finish(result.map_err(|error| error.to_string()), 0.5);
}

#[test]
fn damaged_files_resolve_as_in_pastedeploy() {
    let bench = RefCell::new(Bench::start());
    let strategy = (files(), vec(damage(), 1..4));
    let result = runner(number(FILES, FILES_BY_DEFAULT) / 2).run(&strategy, |(files, damages)| {
        let [main, other] = files.texts().map(String::into_bytes);
        let main = damages.iter().fold(main, Damage::done_to);
        bench.borrow_mut().compare([main, other], Vec::new(), false)
    });
    bench.into_inner().finish(result.map_err(|error| error.to_string()), 0.2);
}

#[test]
fn any_bytes_get_an_answer() {
    let folder = Folder::new();
    let signs = select(&b"[]=:%()s#;\n\r \tapp:mainuse\0\xef\xbb\xbf\xff"[..]);
    let strategy = vec(prop_oneof![3 => signs, 1 => any::<u8>()], 0..400);
    let result = runner(number(FILES, FILES_BY_DEFAULT)).run(&strategy, |bytes| {
        let answer = ours_in_time(&folder.question([bytes, Vec::new()], Vec::new(), true));
        let answered = answer.get("entries").or(answer.get("parse_error"));
        prop_assert!(answered.is_some(), "{answer}");
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// A directory for the two files.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    /// Writes the files.
    fn question(
        &self,
        texts: [Vec<u8>; 2],
        globals: Vec<(String, String)>,
        expand: bool,
    ) -> Question {
        let paths = NAMES.map(|name| self.0.path().join(name));
        for (path, text) in paths.iter().zip(texts) {
            fs::write(path, text).expect("a writable temporary directory");
        }
        let [path, _] = paths;
        let globals = globals.into_iter().collect();
        Question { path, globals, expand }
    }
}

/// Compares files one after the other, and counts.
struct Bench {
    folder: Folder,
    oracle: Oracle,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    files: usize,
    entries: usize,
    resolved: usize,
    chosen: usize,
    /// How often PasteDeploy raised which exception.
    errors: BTreeMap<String, usize>,
    /// PasteDeploy came to no answer: too long, too much memory, too deep.
    no_answer: usize,
}

impl Bench {
    fn start() -> Self {
        Self { folder: Folder::new(), oracle: Oracle::start(), counts: Counts::default() }
    }

    fn compare(
        &mut self,
        texts: [Vec<u8>; 2],
        globals: Vec<(String, String)>,
        expand: bool,
    ) -> Result<(), TestCaseError> {
        let question = self.folder.question(texts.clone(), globals, expand);
        let paste = self.oracle.ask(&question);
        let ours = ours_in_time(&question);
        self.counts.add(&paste);
        for difference in differences(&paste, &ours) {
            if gave_up(&difference, &question) {
                self.counts.no_answer += 1;
            } else if chosen::reason(&difference).is_some() {
                self.counts.chosen += 1;
            } else {
                let [main, other] = texts.map(|text| String::from_utf8_lossy(&text).into_owned());
                let message = format!("{difference}\n{question:?}\n{main}\n--- other\n{other}\n");
                return Err(TestCaseError::fail(message));
            }
        }
        Ok(())
    }

    /// Says how much was compared. `resolved` is the part of all entries that PasteDeploy must
    /// have resolved for the files to have been worth comparing.
    fn finish(self, result: Result<(), String>, resolved: f64) {
        println!("{:?}", self.counts);
        if let Err(message) = result {
            let kept = self.folder.0.keep();
            panic!("{message}\nthe last files are in {}", kept.display());
        }
        let Counts { entries, resolved: of_them, .. } = self.counts;
        let enough = of_them as f64 >= resolved * entries as f64;
        assert!(enough, "the files are too wrong to prove anything: {of_them} of {entries}");
    }
}

impl Counts {
    fn add(&mut self, paste: &Value) {
        self.files += 1;
        let parse_error = paste.get("parse_error");
        let entries = paste["entries"].as_object().into_iter().flatten();
        let errors = entries.map(|(_, entry)| entry.get("error"));
        for error in errors.chain(parse_error.map(Some)) {
            self.entries += 1;
            match error {
                Some(error) => *self.errors.entry(error["kind"].to_string()).or_default() += 1,
                None => self.resolved += 1,
            }
        }
    }
}

/// Whether PasteDeploy came to no answer that ours could be compared with. It does so in every
/// cycle, and we report those; only a composite inside itself is expanded here as far as it goes.
fn gave_up(difference: &Difference, question: &Question) -> bool {
    let error = difference.paste.get("error").unwrap_or(&difference.paste);
    match error["kind"].as_str() {
        Some("Timeout" | "MemoryError") => true,
        Some("RecursionError") => question.expand,
        _ => false,
    }
}

fn runner(files: u32) -> TestRunner {
    let seed = number(SEED, 0);
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: files,
        failure_persistence: None,
        max_shrink_iters: 4000,
        max_shrink_time: 60_000, // ms
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn number(variable: &str, otherwise: u32) -> u32 {
    let Ok(text) = std::env::var(variable) else {
        return otherwise;
    };
    text.parse().unwrap_or_else(|error| panic!("{variable}={text}: {error}"))
}
