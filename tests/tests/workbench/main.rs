//! What the commands of an operator print, as transcripts.

use impasto_filters as _;

/// A file that was packaged again and again, and what an operator does to it.
mod ages;
/// What is told of requests, and what happens to them.
mod agreement;
/// Files of real projects, where there are any.
mod corpus;
/// What `impasto lsp` answers an editor.
mod editor;
/// The guides of the documentation.
mod guides;
/// How long a command may take.
mod speed;
/// Changes of the texts of such files.
mod texts;

use std::path::Path;

use impasto_tests::fixtures::REWRITE;
use impasto_tests::transcript::Transcript;

/// Each directory of `cases/workbench` is a family.
macro_rules! families {
    ($($family:ident)+) => {
        const FAMILIES: &[&str] = &[$(stringify!($family)),+];

        $(#[test]
        fn $family() {
            prints_what_is_expected(stringify!($family));
        })+
    };
}

families! {
    diff
    check
    file_tests
    edit
    explain
    fmt
    graph
    new
    refusals
    request
    resolve
    serve
}

impasto_workbench::test_file!("cases/workbench/file_tests/passing.ini");

#[test]
#[should_panic(expected = "test result: FAILED. 1 passed; 3 failed")]
fn a_file_that_does_not_do_what_it_says_fails_a_test() {
    impasto_workbench::assert_tests(&cases().join("file_tests/failing.ini"));
}

#[test]
#[should_panic(expected = "has no tests")]
fn a_file_without_tests_fails_a_test() {
    impasto_workbench::assert_tests(&cases().join("file_tests/none.ini"));
}

fn cases() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/workbench")
}

fn prints_what_is_expected(family: &str) {
    let program = Path::new(env!("CARGO_BIN_EXE_impasto-tests"));
    let transcripts = Transcript::all(&cases().join(family));
    assert!(!transcripts.is_empty(), "{family} has no case");
    let differences: Vec<_> = transcripts.iter().filter_map(|it| it.compare(program)).collect();
    let text = differences.join("\n");
    assert!(differences.is_empty(), "{text}\nwhere that is better, write it with {REWRITE}=1");
}

#[test]
fn every_directory_of_cases_is_a_family() {
    for entry in cases().read_dir().expect("the cases are there") {
        let name = entry.expect("readable").file_name();
        let is_family = FAMILIES.iter().any(|family| name == *family) || name == editor::FAMILY;
        assert!(is_family, "{}", name.display());
    }
}
