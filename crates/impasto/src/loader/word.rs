//! The words of a value, each with its own place.

use super::trail::Trail;
use super::value::Value;
use super::wanted::Name;
use crate::ini::{split, words};
use crate::problem::Span;

/// A word of a value.
pub(super) enum Word {
    /// It stands in the file, at this part of what is written there.
    Written(Span),
    /// Interpolation made it.
    Made(Box<str>),
}

impl Word {
    /// The words of the value that `trail` ends with.
    pub(super) fn all(value: &Value, trail: &Trail) -> Vec<Word> {
        let written = trail.written();
        let mut places = words(written).map(Span::from);
        if value.is_as_written() {
            return places.map(Word::Written).collect();
        }
        // Some may be as they are written, nevertheless.
        let word = |word: &str| match places.next() {
            Some(place) if place.is(written, word) => Word::Written(place),
            _ => Word::Made(word.into()),
        };
        split(value.text()).map(word).collect()
    }

    /// The word as a name, and its trail, given that of the value.
    pub(super) fn cite(self, whole: &Trail) -> (Name, Trail) {
        match self {
            Word::Written(place) => (Name::Cited, whole.clone().word(place)),
            Word::Made(word) => (Name::Own(word), whole.clone()),
        }
    }
}
