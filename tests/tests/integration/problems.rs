use std::collections::BTreeSet;
use std::path::Path;

use impasto::{Code, Loader};
use impasto_tests::fixtures::{Case, REWRITE};
use serde_json::Value;

fn cases() -> Vec<Case> {
    Case::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/problems"))
}

#[test]
fn every_wrong_file_is_answered_in_the_words_expected() {
    let differences: Vec<_> =
        cases().iter().filter_map(|case| case.compare(&case.problems().to_string())).collect();
    let text = differences.join("\n");
    assert!(differences.is_empty(), "{text}\nwhere that is better, write it with {REWRITE}=1");
}

#[test]
fn every_file_beside_the_cases_belongs_to_one() {
    let names: BTreeSet<_> = cases().iter().map(|case| case.name().to_owned()).collect();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/problems");
    for file in directory.read_dir().expect("the cases are there") {
        let path = file.expect("readable").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("UTF-8");
        assert!(path.is_dir() || names.contains(stem), "{}", path.display());
    }
}

/// Kinds of problem that no file of text can show.
const SHOWN_ELSEWHERE: [(Code, &str); 9] = [
    (Code::FailedAssertion, "is found by `impasto check`; see `cases/workbench/check`"),
    (Code::FileTooLarge, "a file of 64 MiB is no case; see `what_cannot_be_read_is_named`"),
    (Code::NoScheme, "a name without a scheme is a section's; only `load_app` asks for a URI"),
    (Code::RelativeUri, "a file has a directory; only a URI without a file has none"),
    (Code::TooDeep, "takes thousands of sections; see the module `deep`"),
    (Code::FactoryFailed, "built-ins fail only by their settings; see the core's test `factories`"),
    (Code::LonelyFilter, "no built-in needs another; see the core's test `order`"),
    (Code::ConflictingFilters, "no built-in conflicts with another; see the core's test `order`"),
    (Code::SameAddress, "is found by who serves, not by who loads"),
];

/// Kinds of problem that are of the program, not of a file: tests of the registry show them.
const OF_THE_PROGRAM: [Code; 2] = [Code::DuplicateFactory, Code::BadFactoryName];

#[test]
fn there_is_a_case_of_every_kind_of_problem() {
    let expected: String = cases().iter().map(Case::expected).collect();
    for code in Code::ALL {
        let shown = expected.contains(&format!("[{code}]: "));
        let elsewhere = SHOWN_ELSEWHERE.iter().any(|(listed, _)| listed == code);
        let listed = elsewhere || OF_THE_PROGRAM.contains(code);
        assert!(shown != listed, "{code}: {}", if shown { "has a case" } else { "has no case" });
    }
}

#[test]
fn for_tools_every_problem_has_all_keys_and_a_place() {
    const KEYS: [&str; 15] = [
        "severity",
        "code",
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "section",
        "key",
        "message",
        "help",
        "related",
        "needed_by",
        "reference",
        "fix",
    ];
    for case in cases() {
        let problems = case.problems().to_json();
        let problems = problems.as_array().expect("an array");
        assert!(!problems.is_empty(), "{} is not wrong", case.name());
        for problem in problems {
            let object = problem.as_object().expect("an object");
            assert!(object.keys().eq(KEYS), "{}: {problem}", case.name());
            assert!(problem["file"].is_string(), "{}: {problem}", case.name());
            assert!(problem["line"].as_u64() >= Some(1), "{}: {problem}", case.name());
            assert!(problem["column"].as_u64() >= Some(1), "{}: {problem}", case.name());
            let needed_by = problem["needed_by"].as_array().expect("an array");
            assert!(needed_by.iter().all(|need| need["file"].is_string()), "{problem}");
            let is_unknown = problem["code"] == "unknown-factory";
            assert_eq!(problem["reference"] != Value::Null, is_unknown, "{problem}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let large = directory.path().join("large.ini");
    std::fs::File::create(&large)
        .and_then(|file| file.set_len(impasto::ini::MAX_FILE_SIZE + 1))
        .expect("writable");
    let missing = directory.path().join("missing.ini");
    for (path, code, words) in [
        (large.as_path(), Code::FileTooLarge, "is larger than 64 MiB"),
        (&missing, Code::UnreadableFile, "no such file or directory"),
        (directory.path(), Code::UnreadableFile, "it is a directory"),
        (Path::new("/dev/null"), Code::UnreadableFile, "it is not a regular file"),
    ] {
        let problems = Loader::open(path).err().expect("it cannot be read");
        let name = path.display().to_string();
        assert_eq!(problems.0[0].code, code, "{name}");
        let message = &problems.0[0].message;
        assert!(message.contains(&name) && message.contains(words), "{message}");
        assert_eq!(problems.to_json()[0]["file"], name);
    }
}
