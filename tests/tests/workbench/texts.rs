use std::path::{Path, PathBuf};

use impasto::{Loader, Snapshot, ini};
use impasto_tests::fixtures::{ini_files, shared};
use impasto_workbench::edit::{Command, check};
use impasto_workbench::{Text, format};
use serde_json::Value;

use crate::speed::in_time;

/// The files, unless there are none.
pub(crate) fn corpus() -> Vec<PathBuf> {
    shared("corpus").map(|directory| ini_files(&directory)).unwrap_or_default()
}

pub(crate) fn read(path: &Path) -> Text {
    let source = ini::read(path, &path.display().to_string()).expect("readable");
    Text::new(source)
}

/// All that a text says, but for one option.
fn said(text: &Text, but: (&str, &str)) -> Vec<(String, String, String)> {
    let all = text.sections().flat_map(|section| {
        section.options().map(move |option| {
            (section.name().to_owned(), option.name().to_owned(), option.value())
        })
    });
    all.filter(|(section, key, _)| (section.as_str(), key.as_str()) != but).collect()
}

#[test]
fn an_edit_changes_what_it_is_about() {
    for path in corpus() {
        let text = read(&path);
        for (section, key, _) in said(&text, ("", "")) {
            // One of the files has an option twice.
            let value = text.option(&section, &key).expect("it is there").value();
            let set = |value: String| Command::Set {
                section: section.clone(),
                key: key.clone(),
                value,
                create: false,
            };
            let same = set(value.clone()).apply(&text).expect("it is there");
            assert_eq!(same.as_str(), text.as_str(), "{}: [{section}] {key}", path.display());
            if value.contains('\n') {
                continue;
            }
            let new = set("another value".to_owned()).apply(&text).expect("it is there");
            let (old_lines, new_lines) = (text.as_str().lines(), new.as_str().lines());
            let changed = old_lines.zip(new_lines).filter(|(old, new)| old != new).count();
            assert_eq!(changed, 1, "{}: [{section}] {key}", path.display());
            assert_eq!(new.as_str().lines().count(), text.as_str().lines().count());
            let but = (section.as_str(), key.as_str());
            assert_eq!(said(&new, but), said(&text, but), "{}", path.display());
        }
    }
}

#[test]
fn a_section_can_be_renamed_and_renamed_back() {
    for path in corpus() {
        let text = read(&path);
        let mut last = None;
        for section in text.sections().map(|section| section.name()) {
            let (kind, name) = section.split_once(':').unwrap_or(("", section));
            let whole = |name: &str| match kind {
                "" => name.to_owned(),
                kind => format!("{kind}:{name}"),
            };
            let rename =
                |from: &str, to: &str| Command::Rename { section: whole(from), to: whole(to) };
            let there = rename(name, "quite-another");
            let Ok(new) = there.apply(&text) else { continue };
            let back = rename("quite-another", name).apply(&new).expect("it is there");
            assert_eq!(back.as_str(), text.as_str(), "{}: [{section}]", path.display());
            last = Some(there);
        }
        let last = last.expect("a section");
        let checked = in_time(&path, || check(&path, &text, &last));
        assert!(checked.unwrap_or_else(|error| panic!("{}: {error}", path.display())).changed);
    }
}

/// What a text resolves to, but for where it is written.
fn meaning(path: &Path, text: &Text) -> Option<Value> {
    let snapshot = Snapshot::default().with(path, text.as_str());
    let none = std::iter::empty::<(&str, &str)>();
    let loader = Loader::open_snapshot(snapshot, path, none).ok()?;
    let mut json = serde_json::json!(loader.json(true));
    drop_places(&mut json);
    Some(json)
}

fn drop_places(json: &mut Value) {
    match json {
        Value::Object(object) => {
            let is_place = |key: &str| {
                key.ends_with("provenance") || key.ends_with("line") || key.ends_with("column")
            };
            object.retain(|key, _| !is_place(key));
            object.values_mut().for_each(drop_places);
        }
        Value::Array(array) => array.iter_mut().for_each(drop_places),
        _ => {}
    }
}

pub(crate) fn comments(text: &Text) -> Vec<&str> {
    let lines = text.as_str().lines().map(str::trim);
    lines.filter(|line| line.starts_with(['#', ';'])).collect()
}

#[test]
fn a_file_differs_from_others_and_not_from_itself() {
    let files = corpus();
    for (at, path) in files.iter().enumerate() {
        let open = |path: &Path| in_time(path, || Loader::open(path)).ok();
        let Some(loader) = open(path) else { continue };
        let again = open(path).expect("it was read before");
        let changes = in_time(path, || again.changes_since(&loader));
        assert!(changes.is_empty(), "{}: {changes}", path.display());
        let Some(other) = files.get(at + 1).and_then(|path| open(path)) else { continue };
        let changes = in_time(path, || other.changes_since(&loader));
        assert!(!changes.is_empty(), "{}", path.display());
        assert_eq!(changes.to_string().lines().count(), changes.0.len(), "{}", path.display());
    }
}

#[test]
fn a_file_in_the_house_style_means_what_it_did() {
    for path in corpus() {
        let text = read(&path);
        let Ok(new) = in_time(&path, || format(&text)) else { continue };
        assert_eq!(meaning(&path, &new), meaning(&path, &text), "{}", path.display());
        assert_eq!(comments(&new), comments(&text), "{}", path.display());
        let once_more = format(&new).expect("no line is wrong");
        assert_eq!(once_more.as_str(), new.as_str(), "{}", path.display());
    }
}
