//! What an edit changed, for people.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::files::File;
use super::load::Loader;
use crate::ini::{Section, split};

/// The differences between two readings of the same files, as text has them: sections, settings, and
/// the filters of pipelines. Its `Display` is one line for each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes(pub Vec<Change>);

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The section, as written between the brackets.
    pub section: String,
    /// What is different about it.
    pub what: Difference,
}

/// What is different about a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// An option is new, has another value or is gone. Values that look like secrets are masked.
    Setting {
        /// Its name.
        key: String,
        /// The value it had.
        old: Option<String>,
        /// The value it has.
        new: Option<String>,
    },
    /// A part of its pipeline is new.
    FilterAdded(String),
    /// A part of its pipeline is gone.
    FilterRemoved(String),
    /// A part of its pipeline has another place among those that stayed.
    FilterMoved(String),
}

impl Loader {
    /// What is different from `before`, in all files that were read.
    pub fn changes_since(&self, before: &Loader) -> Changes {
        let (old, new) = (before.load.files.all(), self.load.files.all());
        let (old, new) = (sections(&old), sections(&new));
        let mut changes = Changes::default();
        let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for name in names {
            let mut note = |what| changes.0.push(Change { section: name.1.to_owned(), what });
            match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => compare(*old, *new).into_iter().for_each(note),
                (None, Some(new)) if new.entries().len() > 0 || name.1 != "DEFAULT" => {
                    note(Difference::Added);
                }
                (Some(old), None) if old.entries().len() > 0 || name.1 != "DEFAULT" => {
                    note(Difference::Removed);
                }
                _ => {}
            }
        }
        changes
    }
}

/// The sections of files. Files of one name in two readings are one file.
fn sections(files: &[Arc<File>]) -> BTreeMap<(&Path, &str), Section<'_>> {
    let documents = files.iter().map(|file| &file.document);
    let all = documents.flat_map(|document| document.sections().chain([document.defaults()]));
    all.map(|section| ((section.document().path(), section.name()), section)).collect()
}

fn compare(old: Section<'_>, new: Section<'_>) -> Vec<Difference> {
    let names: BTreeSet<&str> = old.entries().chain(new.entries()).map(|it| it.name()).collect();
    let mut found = Vec::new();
    for key in names {
        let value = |section: Section<'_>| Some(section.entry(key)?.raw().to_owned());
        match (value(old), value(new)) {
            (old, new) if old == new => {}
            (Some(old), Some(new)) if key == "pipeline" => found.extend(reorder(&old, &new)),
            (old, new) => {
                let (old, new) = (old.map(|it| masked(key, it)), new.map(|it| masked(key, it)));
                found.push(Difference::Setting { key: key.to_owned(), old, new });
            }
        }
    }
    found
}

/// How one pipeline becomes the other.
fn reorder(old: &str, new: &str) -> Vec<Difference> {
    let (old, new) = (numbered(old), numbered(new));
    let places: HashMap<Part<'_>, usize> =
        old.iter().enumerate().map(|(place, part)| (*part, place)).collect();
    let kept: HashSet<Part<'_>> = new.iter().copied().collect();
    let name = |part: &Part<'_>| part.0.to_owned();
    let mut found = Vec::new();
    let gone = old.iter().filter(|part| !kept.contains(part));
    found.extend(gone.map(|part| Difference::FilterRemoved(name(part))));
    let come = new.iter().filter(|part| !places.contains_key(part));
    found.extend(come.map(|part| Difference::FilterAdded(name(part))));
    // Whoever stayed and is not in the longest run whose old places still rise has moved.
    let stayed: Vec<(&Part<'_>, usize)> =
        new.iter().filter_map(|part| Some((part, *places.get(part)?))).collect();
    let rise = longest_rise(&stayed.iter().map(|(_, place)| *place).collect::<Vec<_>>());
    let moved = stayed.iter().enumerate().filter(|(at, _)| !rise.contains(at));
    found.extend(moved.map(|(_, (part, _))| Difference::FilterMoved(name(part))));
    found
}

/// A word of a pipeline, and how many of the same come before it.
type Part<'a> = (&'a str, usize);

fn numbered(pipeline: &str) -> Vec<Part<'_>> {
    let mut seen = HashMap::new();
    let number = |word| {
        let before = seen.entry(word).or_insert(0);
        *before += 1;
        (word, *before - 1)
    };
    split(pipeline).map(number).collect()
}

/// The positions of a longest rising subsequence of different numbers, by patience sorting.
fn longest_rise(places: &[usize]) -> HashSet<usize> {
    // Where the lowest end of a rise of each length is, and what comes before each position in its own.
    let (mut ends, mut before) = (Vec::<usize>::new(), Vec::new());
    for (at, place) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    std::iter::successors(ends.last().copied(), |at| before[*at]).collect()
}

/// A value that can be shown: neither what a key like `password` holds, nor a user's part of a URL.
fn masked(key: &str, value: String) -> String {
    const SECRET: [&str; 6] = ["password", "passwd", "secret", "token", "key", "credential"];
    let key = key.to_ascii_lowercase();
    let in_url = value.split_once("://").is_some_and(|(_, rest)| rest.contains('@'));
    match SECRET.iter().any(|word| key.contains(word)) || in_url {
        true => "***".to_owned(),
        false => value,
    }
}

impl Changes {
    /// Whether the two readings say the same.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, change) in self.0.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{change}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let section = &self.section;
        match &self.what {
            Difference::Added => write!(f, "+ [{section}]"),
            Difference::Removed => write!(f, "- [{section}]"),
            Difference::FilterAdded(part) => write!(f, "  [{section}] + {part}"),
            Difference::FilterRemoved(part) => write!(f, "  [{section}] - {part}"),
            Difference::FilterMoved(part) => write!(f, "  [{section}] moved {part}"),
            Difference::Setting { key, old, new } => match (old, new) {
                (Some(old), Some(new)) if old == new => write!(f, "  [{section}] {key} changed"),
                (Some(old), Some(new)) => write!(f, "  [{section}] {key}: {old:?} -> {new:?}"),
                (None, Some(new)) => write!(f, "  [{section}] + {key} = {new:?}"),
                (old, None) => {
                    write!(f, "  [{section}] - {key} = {:?}", old.as_deref().unwrap_or_default())
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(old: &str, new: &str) -> String {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.ini");
        let open = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Loader::open(&path).unwrap()
        };
        let (old, new) = (open(old), open(new));
        new.changes_since(&old).to_string()
    }

    #[test]
    fn nothing_is_nothing() {
        let text = "[app:main]\nuse = egg:x\n";
        assert_eq!(changes(text, &format!("# a word\n\n{text}")), "");
    }

    #[test]
    fn sections_and_settings_come_go_and_change() {
        let old = "[app:a]\nuse = egg:x\nlevel = 1\nold = 1\n[app:b]\nuse = egg:x\n";
        let new = "[app:a]\nuse = egg:x\nlevel = 2\nnew = 1\n[app:c]\nuse = egg:x\n";
        assert_eq!(
            changes(old, new),
            "  [app:a] level: \"1\" -> \"2\"\n  [app:a] + new = \"1\"\n  [app:a] - old = \"1\"\n\
             - [app:b]\n+ [app:c]"
        );
    }

    #[test]
    fn filters_come_go_and_move() {
        let pipeline = |parts: &str| format!("[pipeline:main]\npipeline = {parts}\n");
        let moved = changes(&pipeline("a b c d app"), &pipeline("b c a e app"));
        assert_eq!(
            moved,
            "  [pipeline:main] - d\n  [pipeline:main] + e\n  [pipeline:main] moved a"
        );
    }

    #[test]
    fn one_filter_may_stand_twice() {
        let pipeline = |parts: &str| format!("[pipeline:main]\npipeline = {parts}\n");
        let added = changes(&pipeline("a b a app"), &pipeline("a b a c app"));
        assert_eq!(added, "  [pipeline:main] + c");
        let removed = changes(&pipeline("a b a app"), &pipeline("a b app"));
        assert_eq!(removed, "  [pipeline:main] - a");
    }

    #[test]
    fn secrets_are_not_shown() {
        let file = |word: &str| {
            format!("[app:a]\nuse = egg:x\ndb_password = {word}\nurl = db://me:{word}@host\n")
        };
        let shown = changes(&file("one"), &file("two"));
        assert_eq!(shown, "  [app:a] db_password changed\n  [app:a] url changed");
    }
}
