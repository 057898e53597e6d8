use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use impasto::{Loader, Snapshot, ini};
use impasto_tests::fixtures::{ini_files, shared};
use impasto_workbench::edit::{Beside, Command, Pipeline, check};
use impasto_workbench::{Text, format, merge};
use serde_json::Value;

/// What any command may take for any of these files; without optimization it takes
/// ten times as long.
const LONG: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 100 });

/// The files, unless there are none.
fn corpus() -> Vec<PathBuf> {
    shared("corpus").map(|directory| ini_files(&directory)).unwrap_or_default()
}

fn read(path: &Path) -> Text {
    let source = ini::read(path, &path.display().to_string()).expect("readable");
    Text::new(source)
}

/// Runs it, and sees to it that it takes no longer than a command may: once in a few tries, for others
/// want the machine, too.
fn in_time<R>(path: &Path, run: impl Fn() -> R) -> R {
    let mut times = Vec::new();
    for _ in 0..10 {
        let start = Instant::now();
        let done = run();
        times.push(start.elapsed());
        if times.last().is_some_and(|took| *took < LONG) {
            return done;
        }
    }
    panic!("{}: {times:?}", path.display());
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
    let mut json = Loader::open_snapshot(snapshot, path, none).ok()?.to_json(true);
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

fn comments(text: &Text) -> Vec<&str> {
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

/// Nova's file in five ages, oldest first.
fn ages() -> Vec<PathBuf> {
    let mut files = corpus();
    files.retain(|path| path.display().to_string().contains("/nova__api-paste"));
    // The newest has no date, and `-` sorts before `.`.
    assert!(files.is_empty() || files.len() == 5, "{files:?}");
    files
}

#[test]
fn what_an_operator_changed_is_carried_from_age_to_age() {
    for pair in ages().windows(2) {
        let [old_path, path] = pair else { continue };
        let (old, new) = (read(old_path), read(path));
        let filter = "paste.filter_factory";
        let commands = [
            Command::Set {
                section: "filter:audit".into(),
                key: filter.into(),
                value: "keystonemiddleware.audit:filter_factory".into(),
                create: true,
            },
            Command::Add {
                pipeline: Pipeline { name: "oscomputeversions".into(), choice: None },
                filter: "audit".into(),
                at: Some(Beside::After("faultwrap".into())),
            },
            Command::Set {
                section: "filter:faultwrap".into(),
                key: "verbose".into(),
                value: "1".into(),
                create: false,
            },
        ];
        let edit = |text: &Text| {
            commands.iter().fold(text.clone(), |text, command| match command.apply(&text) {
                Ok(text) => text,
                // Not every age has the pipeline.
                Err(error) => {
                    assert!(error.to_string().contains("oscomputeversions"), "{error}");
                    text
                }
            })
        };
        let mine = edit(&old);
        let merged = in_time(path, || merge(&old, &new, &mine, None));
        assert!(merged.collisions.is_empty(), "{}", path.display());
        let load = |text: &Text| {
            let snapshot = Snapshot::default().with(path, text.as_str());
            Loader::open_snapshot(snapshot, path, std::iter::empty::<(&str, &str)>()).expect("fine")
        };
        let told = |text: &Text, before: &Text| {
            let changes = load(text).changes_since(&load(before)).0;
            let told = changes.iter().map(|change| format!("[{}] {}", change.section, change.what));
            let mut told: Vec<String> = told.collect();
            told.sort();
            told
        };
        // What is next behind a filter is another one, maybe; that it is behind `faultwrap` is what counts.
        let plain = |told: Vec<String>| {
            let cut = |told: String| told.split(" before ").next().unwrap_or_default().to_owned();
            told.into_iter().map(cut).collect::<Vec<_>>()
        };
        assert_eq!(plain(told(&merged.text, &new)), plain(told(&mine, &old)), "{}", path.display());
        let all: Vec<_> = comments(&merged.text);
        assert_eq!(all, comments(&new), "{}", path.display());
    }
}

#[test]
fn the_ages_of_a_file_tell_their_history() {
    let ages = ages();
    let told: String = ages
        .windows(2)
        .map(|pair| {
            let open = |path: &Path| Loader::open(path).expect("readable");
            open(&pair[1]).changes_since(&open(&pair[0])).to_string() + "\n"
        })
        .collect();
    // As the release notes of their times have it: EC2 went, CORS, proxies and versions of the API came.
    for part in [
        "- [composite:ec2]  ",
        "+ [composite:osapi_compute]  ",
        "  [composite:osapi_compute] + /v2.1: openstack_compute_api_v21  ",
        "  [composite:osapi_compute] - /v3: openstack_compute_api_v3  ",
        "  [composite:openstack_compute_api_v21] keystone + cors before http_proxy_to_wsgi  ",
        "  [composite:openstack_compute_api_v2] keystone + compute_req_id before faultwrap  ",
        "- [filter:ratelimit]  ",
        "+ [filter:request_log]  ",
    ] {
        assert!(ages.is_empty() || told.contains(part), "{part} is not in\n{told}");
    }
}
