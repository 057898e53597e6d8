//! Which names mean the same setting.

use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::discriminant;

use serde::de::value::{BorrowedStrDeserializer, Error};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

/// The names of a settings struct's fields: for each field its name and its `serde(alias)`es.
///
/// The schema does not know aliases, and the derive tells only the flat list of all names. But it
/// reads every name into an enum with a variant per field, and variants can be compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Spellings(Vec<Vec<&'static str>>);

impl Spellings {
    /// The names of `S`; none when `S` is no struct, or takes any name.
    pub(super) fn of<S: DeserializeOwned>() -> Spellings {
        let fields = Cell::new(&[][..]);
        let _ = S::deserialize(Probe { fields: &fields, name: None, variant: &Cell::new(0) });
        let mut groups: Vec<(u64, Vec<&'static str>)> = Vec::new();
        for name in fields.get() {
            let variant = Cell::new(0);
            let _ = S::deserialize(Probe { fields: &fields, name: Some(name), variant: &variant });
            match groups.iter_mut().find(|(of, _)| *of == variant.get()) {
                Some((_, names)) => names.push(name),
                None => groups.push((variant.get(), vec![name])),
            }
        }
        Spellings(groups.into_iter().map(|(_, names)| names).collect())
    }

    /// The names that mean what `name` means, itself among them.
    pub(super) fn like<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let group = self.0.iter().find(|names| names.contains(&name));
        let others = group.into_iter().flatten().copied().filter(move |other| *other != name);
        [name].into_iter().chain(others)
    }
}

/// A deserializer that learns the names of a struct, and into which variant one of them is read. It
/// never yields a value.
struct Probe<'a> {
    fields: &'a Cell<&'static [&'static str]>,
    name: Option<&'static str>,
    variant: &'a Cell<u64>,
}

fn learnt() -> Error {
    Error::custom("no value, only names")
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(learnt())
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.fields.set(fields);
        match self.name {
            Some(_) => visitor.visit_map(self),
            None => Err(learnt()),
        }
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

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Probe<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let name = self.name.take().ok_or_else(learnt)?;
        let key = seed.deserialize(BorrowedStrDeserializer::<Error>::new(name))?;
        let mut hasher = DefaultHasher::new();
        discriminant(&key).hash(&mut hasher);
        self.variant.set(hasher.finish());
        Ok(Some(key))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, _: T) -> Result<T::Value, Error> {
        Err(learnt())
    }
}
