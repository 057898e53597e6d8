//! The options of a section, read as a struct or a map.

use std::cell::{OnceCell, RefCell};

use schemars::Schema;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use smallvec::SmallVec;

use super::Options;
use super::error::{Error, Fault};
use super::text::Text;

/// One attempt to read a section, and what the attempts before it taught.
pub(super) struct Attempt<'a> {
    pub(super) options: Options<'a>,
    pub(super) schema: fn() -> Schema,
    /// Options and tables that are known to be wrong.
    pub(super) skipped: Vec<String>,
    /// Options whose empty text is no value.
    pub(super) none: Vec<String>,
    pub(super) unknown: RefCell<Vec<Unknown>>,
    declared: OnceCell<Vec<String>>,
}

/// An option that is no setting.
pub(super) struct Unknown {
    pub(super) key: String,
    /// How much of the key leads to the table that does not know it.
    pub(super) prefix: String,
    /// What the table does know.
    pub(super) known: &'static [&'static str],
}

impl<'a> Attempt<'a> {
    pub(super) fn new(options: Options<'a>, schema: fn() -> Schema) -> Attempt<'a> {
        Attempt {
            options,
            schema,
            skipped: Vec::new(),
            none: Vec::new(),
            unknown: RefCell::default(),
            declared: OnceCell::new(),
        }
    }

    /// The names that a type which takes any name declares all the same. serde does not tell; the
    /// schema does.
    fn declared(&self) -> &[String] {
        self.declared.get_or_init(|| {
            let schema = (self.schema)();
            let properties = schema.get("properties").and_then(|properties| properties.as_object());
            properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect()
        })
    }

    fn text(&self, key: &str, text: &'a str) -> Text<'a> {
        let is_none = self.none.iter().any(|none| none == key);
        Text { text, is_none }
    }

    fn is_skipped(&self, path: &str) -> bool {
        self.skipped.iter().any(|skipped| skipped == path)
    }
}

/// A section, or the dotted keys below one of its settings.
pub(super) struct Table<'a> {
    attempt: &'a Attempt<'a>,
    /// What all its keys begin with: empty for a section.
    prefix: &'a str,
    /// Its keys, whole, and their texts.
    pairs: Vec<(&'a str, &'a str)>,
}

/// A setting on its way to serde.
struct Entry<'a> {
    name: &'a str,
    /// The key, or what all the keys begin with, without the dot.
    path: &'a str,
    given: Given<'a>,
}

enum Given<'a> {
    Text(&'a str),
    Table(Table<'a>),
}

type Entries<'a> = SmallVec<[Entry<'a>; 8]>;

impl<'a> Table<'a> {
    pub(super) fn section(attempt: &'a Attempt<'a>) -> Table<'a> {
        let pairs = attempt.options.local.iter().map(|(key, value)| (&**key, value.text()));
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

    fn known(self, fields: &'static [&'static str]) -> Entries<'a> {
        let Table { attempt, prefix, .. } = self;
        self.entries(fields, |key, _, _| {
            let (key, prefix) = (key.to_owned(), prefix.to_owned());
            attempt.unknown.borrow_mut().push(Unknown { key, prefix, known: fields });
        })
    }

    fn any(self) -> Entries<'a> {
        let Table { attempt, prefix, .. } = self;
        let declared: SmallVec<[&str; 8]> = match prefix.is_empty() {
            true => attempt.declared().iter().map(String::as_str).collect(),
            false => SmallVec::new(),
        };
        self.entries(&declared, |key, text, entries| {
            let name = &key[prefix.len()..];
            entries.push(Entry { name, path: key, given: Given::Text(text) });
        })
    }

    fn visit<V: Visitor<'a>>(
        attempt: &'a Attempt<'a>,
        entries: Entries<'a>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut access = Access { attempt, entries: entries.into_iter(), current: None };
        visitor.visit_map(&mut access).map_err(|error| match access.current {
            // A name was refused before its value was asked for: it was there already.
            Some(entry) => error.of_key(entry.path),
            None => error,
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
        let local = attempt.options.local.contains(key);
        if let Some(setting) = Setting::of(key, "", fields).filter(|it| it.is_dotted() && !local) {
            setting.enter(value.text(), attempt, entries);
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

macro_rules! not_a_table {
    ($($method:ident($($argument:ty),*))+) => {$(
        fn $method<V: Visitor<'de>>(self, $(_: $argument,)* _: V) -> Result<V::Value, Error> {
            Err(Error::new(Fault::NotATable))
        }
    )+};
}

impl<'de> Deserializer<'de> for Table<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        Table::visit(self.attempt, self.any(), visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        Table::visit(self.attempt, self.known(fields), visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.known(&[]);
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    not_a_table! {
        deserialize_bool()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64()
        deserialize_char() deserialize_str() deserialize_string() deserialize_identifier()
        deserialize_bytes() deserialize_byte_buf()
        deserialize_seq() deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize)
        deserialize_enum(&'static str, &'static [&'static str])
    }
}

struct Access<'a> {
    attempt: &'a Attempt<'a>,
    entries: smallvec::IntoIter<[Entry<'a>; 8]>,
    current: Option<Entry<'a>>,
}

impl<'de> MapAccess<'de> for Access<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        let key =
            seed.deserialize(Text::new(entry.name)).map_err(|error| error.of_key(entry.path))?;
        self.current = Some(entry);
        Ok(Some(key))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let Some(Entry { path, given, .. }) = self.current.take() else {
            return Err(serde::de::Error::custom("a value was asked for before its name"));
        };
        match given {
            Given::Text(text) => seed.deserialize(self.attempt.text(path, text)),
            Given::Table(table) => seed.deserialize(table),
        }
        .map_err(|error| error.of_key(path))
    }
}
