//! `docs/components.md` and its schema are what the factories say of themselves.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::documents::{docs, hold};
use crate::support::Site;

#[test]
fn the_document_is_what_the_factories_say() {
    let site = Site::new("");
    let sections = site.run(&["reference", "--markdown"]).out;
    let factories = site.run(&["list", "--json"]).json();
    let preamble = include_str!("components/preamble.md");
    let (foreign, layers) = (foreign(&factories), layers(&factories));
    hold("components.md", &format!("{preamble}\n{sections}\n{foreign}\n{layers}"));
}

#[test]
fn the_schema_is_that_of_the_factories() {
    hold("components.schema.json", &Site::new("").run(&["reference", "--schema"]).out);
}

#[test]
fn the_schema_has_every_factory_once() {
    let site = Site::new("");
    let schema = site.run(&["reference", "--schema"]).json();
    let linked = site.run(&["list", "--json"]).json();
    let definitions = schema["$defs"].as_object().expect("definitions");
    assert_eq!(definitions.len(), linked.as_array().expect("factories").len());
    for section in schema["anyOf"].as_array().expect("sections") {
        let wanted = &section["$ref"];
        let found = definitions.values().filter(|settings| settings["$id"] == *wanted).count();
        assert_eq!(found, 1, "{wanted}");
    }
}

/// The table of what files for Python's factories refer to.
fn foreign(factories: &Value) -> String {
    let mut covered: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for factory in factories.as_array().expect("factories") {
        for alias in factory["aliases"].as_array().expect("aliases") {
            covered.entry(alias.as_str().expect("text")).or_default().push(factory);
        }
    }
    let notes =
        fs::read_to_string(docs("../crates/impasto-filters/src/foreign.tsv")).expect("readable");
    let mut rows: BTreeMap<(usize, &str), (String, String)> = BTreeMap::new();
    for (reference, factories) in &covered {
        let links: Vec<_> = factories.iter().map(|factory| link(factory)).collect();
        rows.insert((project(reference), reference), (links.join(", "), "covered".to_owned()));
    }
    for line in notes.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.splitn(3, '\t');
        let mut column = || columns.next().expect("three columns");
        let (reference, state, note) = (column(), column(), column());
        let is_there = covered.contains_key(reference);
        assert_eq!(
            is_there,
            state == "partly",
            "foreign.tsv calls {reference} {state}: take the line out, or say what is missing"
        );
        let state = if state == "open" { "not yet" } else { state };
        let row = rows.entry((project(reference), reference)).or_default();
        row.1 = format!("{state}: {note}");
    }
    let mut table = String::from(include_str!("components/foreign.md"));
    let mut last = None;
    for ((project, reference), (links, how)) in &rows {
        if last.replace(project) != Some(project) {
            let (name, _) = PROJECTS.get(*project).unwrap_or(&OTHERS);
            let _ = write!(table, "\n### {name}\n\n| reference | stands in | |\n|---|---|---|\n");
        }
        let _ = writeln!(table, "| `{reference}` | {links} | {how} |");
    }
    table
}

/// The table of what stands for each layer of tower-http.
fn layers(factories: &Value) -> String {
    let factories = factories.as_array().expect("factories");
    let mut table = String::from(include_str!("components/tower_http.md"));
    for line in include_str!("components/tower_http.tsv").lines() {
        let columns: Vec<_> = line.split('\t').collect();
        let [layer, anchors, note] = columns[..] else { panic!("{line} has not three columns") };
        let linked = |anchor: &str| {
            let is_it = |it: &&Value| link(it).ends_with(&format!("(#{anchor})"));
            link(factories.iter().find(is_it).unwrap_or_else(|| panic!("no {anchor}")))
        };
        let links: Vec<_> = anchors.split_whitespace().map(linked).collect();
        let _ = writeln!(table, "| `{layer}` | {} | {note} |", links.join(", "));
    }
    table
}

/// A link to the section of a factory.
fn link(factory: &Value) -> String {
    let text = |key: &str| factory[key].as_str().expect("text");
    format!("[`{0}`](#{1}-{0})", text("name"), text("kind"))
}

/// What the references of a project begin with.
type Project = (&'static str, &'static [&'static str]);

const OTHERS: Project = ("Other projects", &[]);

const PROJECTS: [Project; 9] = [
    ("PasteDeploy", &["egg:PasteDeploy#", "paste.deploy."]),
    ("Paste", &["egg:Paste#", "paste."]),
    ("oslo.middleware", &["egg:oslo.middleware#", "oslo_middleware"]),
    ("osprofiler", &["egg:osprofiler#", "osprofiler."]),
    ("keystonemiddleware", &["egg:keystonemiddleware#", "keystonemiddleware."]),
    ("nova", &["nova."]),
    ("neutron", &["neutron."]),
    ("cinder", &["cinder."]),
    ("heat, glance", &["heat.", "glance."]),
];

/// The place of a reference's project among them.
fn project(reference: &str) -> usize {
    let is_of = |(_, starts): &Project| starts.iter().any(|start| reference.starts_with(start));
    PROJECTS.iter().position(is_of).unwrap_or(PROJECTS.len())
}
