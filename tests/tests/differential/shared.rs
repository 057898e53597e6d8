use std::collections::HashMap;
use std::fs;
use std::path::Path;

use impasto_tests::fixtures::{ini_files, shared};
use impasto_tests::oracle::{Oracle, Question, ours, with_placeholders};
use serde_json::Value;

use crate::report::Report;

#[test]
fn edge_cases_are_as_expected() {
    let Some(directory) = shared("edgecases") else {
        return;
    };
    let arguments = arguments(&directory.join("ARGS.tsv"));
    let mut report = Report::default();
    for file in ini_files(&directory) {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("UTF-8");
        let words = arguments.get(name).map_or("", String::as_str);
        let words = words.split_whitespace().filter(|word| *word != "--global");
        let question = Question::about(&file).with_words(words);
        let expected = directory.join(format!("expected/{name}.json"));
        let expected = fs::read_to_string(&expected).expect("every case has an answer");
        let expected = serde_json::from_str(&expected).expect("JSON");
        let ours = with_placeholders(ours(&question), &directory);
        // These answers are sorted, so the order of the options is not in them.
        report.compare(&file, &expected, &sorted(ours));
    }
    report.finish();
}

#[test]
fn files_of_real_projects_are_as_pastedeploy_says() {
    let Some(directory) = shared("corpus") else {
        return;
    };
    let mut oracle = Oracle::start();
    let mut report = Report::default();
    for file in ini_files(&directory) {
        for expand in [false, true] {
            let mut question = Question::about(&file);
            question.expand = expand;
            report.compare(&file, &oracle.ask(&question), &ours(&question));
        }
    }
    report.finish();
}

/// Lines of `name<TAB>words`.
fn arguments(path: &Path) -> HashMap<String, String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(name, words)| (name.to_owned(), words.to_owned())).collect()
}

fn sorted(mut answer: Value) -> Value {
    answer.sort_all_objects();
    answer
}
