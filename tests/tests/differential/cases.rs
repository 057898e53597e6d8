use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use impasto_tests::oracle::{Oracle, Question, differences, ours, with_placeholders};
use serde_json::Value;

use crate::report::Report;

/// Set to rewrite the expected trees from what PasteDeploy says.
const REWRITE: &str = "IMPASTO_REWRITE";

#[test]
fn our_trees_are_the_expected_ones() {
    rewrite_once();
    let mut report = Report::default();
    for case in cases() {
        let question = question(&case);
        let ours = with_placeholders(ours(&question), question.here());
        report.compare(&case, &expected(&case), &ours);
    }
    report.finish();
}

#[test]
fn the_expected_trees_are_those_of_pastedeploy() {
    rewrite_once();
    let mut oracle = Oracle::start();
    for case in cases() {
        let question = question(&case);
        let answer = with_placeholders(oracle.ask(&question), question.here());
        // The words of Python's errors change with its version.
        let stale = differences(&answer, &expected(&case));
        assert!(stale.is_empty(), "{}: {}\nrewrite it with {REWRITE}=1", case.display(), stale[0],);
    }
}

/// PasteDeploy interpolates `here` like any other value, and fails.
#[test]
fn a_percent_sign_in_the_directory_changes_nothing() {
    rewrite_once();
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    let here = elsewhere.path().join("half%");
    copy(&directory(), &here);
    let mut report = Report::default();
    for case in cases() {
        let mut question = question(&case);
        question.path = here.join(case.file_name().expect("a file"));
        let ours = with_placeholders(ours(&question), &here);
        report.compare(&question.path, &expected(&case), &ours);
    }
    report.finish();
}

#[test]
fn every_file_beside_the_cases_belongs_to_one() {
    for file in directory().read_dir().expect("the cases are there") {
        let path = file.expect("readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        let known = [".ini", ".expected.json", ".args"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .is_some_and(|case| path.with_file_name(format!("{case}.ini")).exists());
        assert!(known || path.is_dir() || name == "README.md", "{name}");
    }
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/resolve")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("writable");
    for file in from.read_dir().expect("readable") {
        let path = file.expect("readable").path();
        let copied = to.join(path.file_name().expect("not the parent"));
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).expect("writable");
        }
    }
}

/// The INI files, sorted.
fn cases() -> Vec<PathBuf> {
    let files = directory().read_dir().expect("the cases are there");
    let mut cases: Vec<_> = files
        .map(|file| file.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ini"))
        .collect();
    cases.sort();
    cases
}

fn question(case: &Path) -> Question {
    let words = fs::read_to_string(case.with_extension("args")).unwrap_or_default();
    Question::about(case).with_words(words.lines())
}

fn expected(case: &Path) -> Value {
    let path = case.with_extension("expected.json");
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; write it with {REWRITE}=1", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Several tests read the expected trees; the first one to run writes them anew.
fn rewrite_once() {
    static DONE: Once = Once::new();
    if std::env::var_os(REWRITE).is_some() {
        DONE.call_once(rewrite);
    }
}

fn rewrite() {
    let mut oracle = Oracle::start();
    for case in cases() {
        let question = question(&case);
        let answer = with_placeholders(oracle.ask(&question), question.here());
        let text = serde_json::to_string_pretty(&answer).expect("JSON");
        fs::write(case.with_extension("expected.json"), text + "\n").expect("writable");
    }
}
