//! The bounds of a number: `#[schemars(range(min = 200, max = 599))]` at its field.

use std::fmt::Display;

use schemars::Schema;
use serde_json::Value;

use super::facts;
use super::spellings::Spellings;

/// The least and the most that a number may be, where its type does not say so already.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Limits {
    least: Option<f64>,
    most: Option<f64>,
}

impl Limits {
    /// Those that a schema has, its own or its items'.
    pub(super) fn of(schema: &Value) -> Limits {
        let bound = |name: &str| schema[name].as_f64().or_else(|| schema["items"][name].as_f64());
        Limits { least: bound("minimum"), most: bound("maximum") }
    }

    /// Those that a schema has beside what its type can hold, which says nothing to whoever writes a file.
    pub(super) fn narrower(schema: &Value) -> Limits {
        let limits = Limits::of(schema);
        let of_type = match schema["format"].as_str() {
            Some("uint8") => Some(u8::MAX.into()),
            Some("uint16") => Some(u16::MAX.into()),
            Some("int8") => return limits.without((i8::MIN.into(), Some(i8::MAX.into()))),
            Some("int16") => return limits.without((i16::MIN.into(), Some(i16::MAX.into()))),
            _ => None,
        };
        limits.without((0.0, of_type))
    }

    fn without(self, (least, most): (f64, Option<f64>)) -> Limits {
        let of_type = Limits { least: Some(least), most };
        if self == of_type { Limits::default() } else { self }
    }

    /// Those of all settings that have any, by each of their names.
    pub(super) fn of_all(schema: &Schema, spellings: &Spellings) -> Vec<(String, Limits)> {
        let mut all = Vec::new();
        facts::each(schema, &mut |name, property| {
            let limits = Limits::of(property);
            if limits != Limits::default() {
                all.extend(spellings.like(name).map(|name| (name.to_owned(), limits)));
            }
        });
        all
    }

    /// The bound that a number is beyond.
    pub(super) fn nearest(self, number: f64) -> Option<f64> {
        let least = self.least.filter(|least| number < *least);
        least.or(self.most.filter(|most| number > *most))
    }

    /// The bounds of a whole number, in words, where its type has some of its own. Nobody is told of those
    /// that only a computer has in mind, unless the number `is_beyond` them.
    pub(super) fn of_whole<T: Display + Copy>(self, (min, max): (T, T), is_beyond: bool) -> String {
        let is_wide = is_beyond || size_of::<T>() < size_of::<u32>();
        let own = |own: Option<f64>, of_type: T| {
            own.map(|own| own.to_string()).or_else(|| is_wide.then(|| of_type.to_string()))
        };
        worded(own(self.least, min), own(self.most, max))
    }
}

/// The bounds in words, to stand behind what they bound.
impl Display for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |bound: Option<f64>| bound.map(|bound| bound.to_string());
        f.write_str(&worded(text(self.least), text(self.most)))
    }
}

fn worded(least: Option<String>, most: Option<String>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(", {least} or more"),
        (None, Some(most)) => format!(", {most} or less"),
        (None, None) => String::new(),
    }
}
