//! The rules of reading settings, one by one.

mod problems;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Duration, Options, Secret, Size};
use crate::ini::Document;
use crate::loader::{Conf, Origin, Rule, Value};
use crate::problem::{Problems, Source};

/// A section as the loader would hand it over: lines `key = value`, `!` before a secret value.
fn conf(rule: Rule, section: &str, text: &str) -> Conf {
    let source = Source::new("x.ini", format!("[{section}]\n{text}"));
    let document = Arc::new(Document::parse("x.ini", source).expect("the test's text is right"));
    let mut conf = Conf::default();
    for entry in document.section(section).unwrap_or(document.defaults()).entries() {
        let (value, is_secret) = match entry.raw().strip_prefix('!') {
            Some(value) => (value, true),
            None => (entry.raw(), false),
        };
        let origin = Origin::written(rule, &document, entry);
        conf.insert(entry.name(), Value::new(value, origin).secret(is_secret));
    }
    conf
}

fn read_with<S: serde::de::DeserializeOwned + JsonSchema + 'static>(
    local: &str,
    global: &str,
) -> Result<S, Problems> {
    let local = conf(Rule::Own, "filter:x", local);
    let global = conf(Rule::Default, "DEFAULT", global);
    Options { local: &local, global: &global, section: "filter:x", place: None }.read()
}

fn read<S: serde::de::DeserializeOwned + JsonSchema + 'static>(local: &str) -> Result<S, Problems> {
    read_with(local, "")
}

/// `line: code: message; help; ...`
fn told<S: std::fmt::Debug>(result: Result<S, Problems>) -> Vec<String> {
    let problems = result.expect_err("problems");
    let told = problems.iter().map(|problem| {
        // The header that `conf` writes does not count.
        let line = problem.place.as_ref().map_or(0, |place| place.line() - 1);
        let mut told = format!("{line}: {}: {}", problem.code, problem.message);
        problem.help.iter().for_each(|help| told.push_str(&format!("; {help}")));
        told
    });
    told.collect()
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Strict,
    ReportOnly,
}

#[derive(Debug, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Tls {
    cert: String,
    port: u16,
}

#[derive(Debug, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct All {
    on: bool,
    count: u8,
    signed: i64,
    ratio: f64,
    text: String,
    letter: char,
    mode: Option<Mode>,
    maybe: Option<u32>,
    maybe_text: Option<String>,
    words: Vec<String>,
    ports: BTreeSet<u16>,
    pair: (u8, u8),
    wait: Duration,
    limit: Size,
    header: BTreeMap<String, String>,
    tls: Tls,
    address: Option<std::net::IpAddr>,
    none: (),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only whether it is read matters")]
struct Strict {
    /// Where from.
    #[serde(alias = "document_root")]
    root: String,
    count: u8,
    #[serde(default)]
    debug: bool,
}

#[test]
fn the_facts_are_in_words() {
    let facts = super::Known::of::<All>().facts();
    let told: Vec<_> = facts
        .iter()
        .map(|fact| format!("{}: {} = {:?}", fact.name, fact.kind, fact.default.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            "on: true or false = Some(\"false\")",
            "count: whole number = Some(\"0\")",
            "signed: whole number = Some(\"0\")",
            "ratio: number = Some(\"0.0\")",
            "text: text = Some(\"\")",
            "letter: text = Some(\"\\0\")",
            "mode: one of strict, report_only = None",
            "maybe: whole number = None",
            "maybe_text: text = None",
            "words: list of texts = Some(\"\")",
            "ports: list of whole numbers = Some(\"\")",
            "pair: list of whole numbers = Some(\"0 0\")",
            "wait: duration = Some(\"0s\")",
            "limit: size = Some(\"0\")",
            "header: table of texts = None",
            "tls.cert: text = Some(\"\")",
            "tls.port: whole number = Some(\"0\")",
            "address: text = None",
            "none: nothing = None",
        ]
    );
}

proptest! {
    #[test]
    fn no_text_panics(
        keys in prop::collection::vec("(on|count|ports|tls|header|wait|limit|mode|pair|x)(\\.\\PC{0,3})?", 0..8),
        values in prop::collection::vec("\\PC{0,12}|[0-9._,kKMGiBsmh -]{0,12}", 8),
    ) {
        let conf: Conf = keys.into_iter().zip(values).collect();
        let options = Options { local: &conf, global: &conf, section: "x", place: None };
        match options.read::<All>() {
            Ok(_) => {}
            Err(problems) => prop_assert!(problems.has_errors()),
        }
        let _ = options.read::<BTreeMap<String, String>>();
    }
}
