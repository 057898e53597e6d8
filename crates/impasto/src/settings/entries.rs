//! The keys of a section, sorted by the settings they belong to.

use smallvec::SmallVec;

use super::attempt::{Attempt, Unknown};

/// A section, or the dotted keys below one of its settings.
pub(super) struct Table<'a> {
    pub(super) attempt: &'a Attempt<'a>,
    /// What all its keys begin with: empty for a section.
    prefix: &'a str,
    /// Its keys, whole, and their texts.
    pairs: Vec<(&'a str, &'a str)>,
}

/// A setting on its way to serde.
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    /// The key, or what all the keys begin with, without the dot.
    pub(super) path: &'a str,
    pub(super) given: Given<'a>,
}

pub(super) enum Given<'a> {
    Text(&'a str),
    Table(Table<'a>),
}

pub(super) type Entries<'a> = SmallVec<[Entry<'a>; 8]>;

impl<'a> Table<'a> {
    pub(super) fn section(attempt: &'a Attempt<'a>) -> Table<'a> {
        let pairs = attempt.options.local.iter().map(|(key, value)| (key, value.text()));
        Table { attempt, prefix: "", pairs: pairs.collect() }
    }

    /// The settings among `fields`; what is none of them is handed to `other`.
    fn entries(
        self,
        fields: &[&'a str],
        mut other: impl FnMut(&'a str, &'a str, &mut Entries<'a>),
    ) -> Entries<'a> {
        let Table { attempt, prefix, pairs } = self;
        let mut entries = Entries::new();
        for (key, text) in pairs {
            match Setting::of(key, prefix, fields) {
                Some(setting) => setting.enter(text, attempt, &mut entries),
                None => other(key, text, &mut entries),
            }
        }
        if prefix.is_empty() {
            globals(attempt, fields, &mut entries);
        }
        entries.retain(|entry| !attempt.is_skipped(entry.path));
        entries
    }

    /// The settings of a type that knows its fields; other keys are unknown.
    pub(super) fn known(self, fields: &'static [&'static str]) -> Entries<'a> {
        let Table { attempt, prefix, .. } = self;
        self.entries(fields, |key, _, _| {
            let (key, prefix) = (key.to_owned(), prefix.to_owned());
            attempt.unknown.borrow_mut().push(Unknown { key, prefix, known: fields });
        })
    }

    /// The settings of a type that takes any key, whole.
    pub(super) fn any(self) -> Entries<'a> {
        let Table { attempt, prefix, .. } = self;
        let declared = if prefix.is_empty() { &attempt.known.names[..] } else { &[] };
        self.entries(declared, |key, text, entries| {
            let name = &key[prefix.len()..];
            entries.push(Entry { name, path: key, given: Given::Text(text) });
        })
    }
}

/// Declared settings that only the globals have.
fn globals<'a>(attempt: &'a Attempt<'a>, fields: &[&'a str], entries: &mut Entries<'a>) {
    let global = attempt.options.global;
    for field in fields {
        if entries.iter().any(|entry| entry.name == *field) {
            continue;
        }
        if let Some(value) = global.get(field) {
            entries.push(Entry { name: field, path: field, given: Given::Text(value.text()) });
        }
    }
    for (key, value) in global.iter() {
        if key.contains('.') && !attempt.options.local.contains(key) {
            let setting = Setting::of(key, "", fields).filter(Setting::is_dotted);
            setting.into_iter().for_each(|setting| setting.enter(value.text(), attempt, entries));
        }
    }
}

/// A key taken apart.
struct Setting<'a> {
    key: &'a str,
    name: &'a str,
    path: &'a str,
}

impl<'a> Setting<'a> {
    /// The setting among `fields` that `key` gives, or gives a part of.
    fn of(key: &'a str, prefix: &str, fields: &[&str]) -> Option<Setting<'a>> {
        let rest = &key[prefix.len()..];
        if fields.contains(&rest) {
            return Some(Setting { key, name: rest, path: key });
        }
        let dots = rest.match_indices('.').map(|(at, _)| at);
        let at = dots.into_iter().find(|at| fields.contains(&&rest[..*at]))?;
        Some(Setting { key, name: &rest[..at], path: &key[..prefix.len() + at] })
    }

    fn is_dotted(&self) -> bool {
        self.path.len() < self.key.len()
    }

    fn enter(self, text: &'a str, attempt: &'a Attempt<'a>, entries: &mut Entries<'a>) {
        let Setting { key, name, path } = self;
        if !self.is_dotted() {
            entries.push(Entry { name, path, given: Given::Text(text) });
            return;
        }
        let open = entries.iter_mut().find_map(|entry| match &mut entry.given {
            Given::Table(table) if entry.name == name => Some(table),
            _ => None,
        });
        match open {
            Some(table) => table.pairs.push((key, text)),
            None => {
                let prefix = &key[..path.len() + 1];
                let pairs = vec![(key, text)];
                let given = Given::Table(Table { attempt, prefix, pairs });
                entries.push(Entry { name, path, given });
            }
        }
    }
}
