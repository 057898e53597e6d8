//! Replacing parts of a text.

use std::ops::Range;

/// A part of a text, and what takes its place.
#[derive(Clone, Debug)]
pub(crate) struct Splice {
    pub(crate) range: Range<usize>,
    pub(crate) with: String,
}

impl Splice {
    pub(crate) fn replace(range: Range<usize>, with: impl Into<String>) -> Splice {
        Splice { range, with: with.into() }
    }

    pub(crate) fn insert(at: usize, with: impl Into<String>) -> Splice {
        Splice::replace(at..at, with)
    }

    pub(crate) fn remove(range: Range<usize>) -> Splice {
        Splice::replace(range, "")
    }
}

/// The text with all of it done. What is inserted at one place stays in the order given.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| splice.range.start);
    let mut done = String::with_capacity(text.len());
    let mut at = 0;
    for Splice { range, with } in splices {
        debug_assert!(at <= range.start, "two changes of one part");
        done.push_str(text.get(at..range.start).unwrap_or_default());
        done.push_str(&with);
        at = at.max(range.end);
    }
    done.push_str(&text[at..]);
    done
}
