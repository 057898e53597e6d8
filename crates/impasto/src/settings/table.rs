//! A section, or a part of one, as serde sees it: a map.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::attempt::Attempt;
use super::entries::{Entries, Entry, Given, Table};
use super::error::{Error, Fault};
use super::text::Text;

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
        visit(self.attempt, self.any(), visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visit(self.attempt, self.known(fields), visitor)
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

fn visit<'a, V: Visitor<'a>>(
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
