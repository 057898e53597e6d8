//! One value, read as what its setting's type asks for.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use serde::de::{Deserializer, Visitor};

use super::attempt::Holder;
use super::error::{Error, Fault};
use super::limits::Limits;
use super::list::Items;
use super::word::Word;

const TRUE: [&str; 6] = ["true", "yes", "on", "y", "t", "1"];
const FALSE: [&str; 6] = ["false", "no", "off", "n", "f", "0"];

/// What a word says where a boolean is asked for, if it is one of PasteDeploy's.
pub(crate) fn truth(text: &str) -> Option<bool> {
    let is = |word: &&str| word.eq_ignore_ascii_case(text.trim());
    let words = [(true, TRUE), (false, FALSE)];
    words.into_iter().find(|(_, words)| words.iter().any(is)).map(|(truth, _)| truth)
}

/// The text of a value.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    /// Whether an empty text was found to be no value of its optional setting.
    pub(super) is_none: bool,
    /// The option it stands in, unless it is a name.
    pub(super) holder: Option<Holder<'a>>,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Text<'a> {
        Text { text, is_none: false, holder: None }
    }

    fn stripped(self) -> &'a str {
        self.text.trim()
    }

    fn is_empty(self) -> bool {
        self.stripped().is_empty()
    }

    /// A whole number as Python's `int` reads it, in decimal.
    fn int<T: FromStr + Display + Copy>(self, range: (T, T)) -> Result<T, Error> {
        let text = self.stripped();
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let bytes = text.as_bytes();
        let mut marks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
        let well_grouped = marks.all(|(at, _)| {
            is_digit(at.checked_sub(1).and_then(|before| bytes.get(before)))
                && is_digit(bytes.get(at + 1))
        });
        let plain = match text.contains('_') {
            true if well_grouped => Cow::Owned(text.replace('_', "")),
            _ => Cow::Borrowed(text),
        };
        let number = plain.parse();
        let limits = self.limits();
        let error = || {
            let is_whole = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
            let bounds = limits.of_whole(range, is_whole && number.is_err());
            Error::expected(format!("a whole number{bounds}"))
        };
        match &number {
            Ok(number) => Ok(self.within(*number, &plain, limits, error)),
            Err(_) => Err(error()),
        }
    }

    fn float<T: FromStr>(self, is_finite: fn(&T) -> bool) -> Result<T, Error> {
        let text = self.stripped();
        let limits = self.limits();
        let error = || Error::expected(format!("a number{limits}"));
        let number = text.parse().ok().filter(is_finite).ok_or_else(error)?;
        Ok(self.within(number, text, limits, error))
    }

    fn limits(self) -> Limits {
        self.holder.map(Holder::limits).unwrap_or_default()
    }

    /// The number, or the nearest within its bounds, where it is noted as beyond them: what else is wrong is to be
    /// found, too.
    fn within<T: FromStr>(
        self,
        number: T,
        text: &str,
        limits: Limits,
        error: impl Fn() -> Error,
    ) -> T {
        let nearest = text.parse().ok().and_then(|number| limits.nearest(number));
        match (nearest.and_then(|nearest| nearest.to_string().parse().ok()), self.holder) {
            (Some(nearest), Some(holder)) => {
                holder.is_beyond(error());
                nearest
            }
            _ => number,
        }
    }
}

macro_rules! ints {
    ($($method:ident $visit:ident $type:ident,)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.int::<$type>(($type::MIN, $type::MAX))?)
        }
    )+};
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match truth(self.text) {
            Some(truth) => visitor.visit_bool(truth),
            None => Err(Error::expected(
                "one of true, yes, on, y, t, 1 or one of false, no, off, n, f, 0",
            )),
        }
    }

    ints! {
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
        deserialize_u128 visit_u128 u128,
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f32(self.float(|number: &f32| number.is_finite())?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.float(|number: &f64| number.is_finite())?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut chars = self.text.chars();
        match (chars.next(), chars.next()) {
            (Some(only), None) => visitor.visit_char(only),
            _ => Err(Error::expected("one character")),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_bytes(self.text.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_none {
            return visitor.visit_none();
        }
        visitor.visit_some(self).map_err(|mut error| {
            error.may_be_none = self.is_empty();
            error
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.is_empty() {
            true => visitor.visit_unit(),
            false => Err(Error::expected("empty")),
        }
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

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Items::of(self.text, self.holder))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        match Items::of(self.text, self.holder).are(len) {
            true => self.deserialize_seq(visitor),
            false => Err(Error::expected(format!("a list of {len}"))),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::new(Fault::ATable))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(Error::new(Fault::ATable))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match Word::find(variants, self.stripped()) {
            Some(word) => visitor.visit_enum(word),
            None => Err(Error::expected_word("a word it knows", variants)),
        }
    }

    serde::forward_to_deserialize_any! { str string identifier ignored_any }
}
