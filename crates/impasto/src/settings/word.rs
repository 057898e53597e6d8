//! A value that is one of a few words: an enum.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, Unexpected, VariantAccess, Visitor,
};

use super::error::Error;

/// A variant of an enum, by its name.
pub(super) struct Word(&'static str);

impl Word {
    /// The one of `words` that `text` is. Case, and whether `-` or `_` is written, make no difference
    /// unless words differ in nothing else.
    pub(super) fn find(words: &'static [&'static str], text: &str) -> Option<Word> {
        let exact = words.iter().find(|word| **word == text);
        exact.or_else(|| words.iter().find(|word| is_same(word, text))).map(|word| Word(word))
    }

    fn holds_more(&self) -> Error {
        let what = &"another word: this one holds values";
        Error::invalid_type(Unexpected::UnitVariant, what)
    }
}

fn is_same(one: &str, other: &str) -> bool {
    let fold = |byte: u8| if byte == b'-' { b'_' } else { byte.to_ascii_lowercase() };
    one.len() == other.len() && one.bytes().map(fold).eq(other.bytes().map(fold))
}

impl<'de> EnumAccess<'de> for Word {
    type Error = Error;
    type Variant = Word;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Word), Error> {
        let name: StrDeserializer<'_, Error> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Word {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Error> {
        Err(self.holds_more())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(self.holds_more())
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(self.holds_more())
    }
}
