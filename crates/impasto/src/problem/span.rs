//! A part of a text, without the text.

use std::ops::Range;

/// Byte offsets into a text below 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// What it spans of `text`, which is the one that it was made for.
    pub(crate) fn text(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }

    /// Whether it spans just `other`, in `text`.
    pub(crate) fn is(self, text: &str, other: &str) -> bool {
        let Span { start, end } = self;
        let same_length = (end - start) as usize == other.len();
        same_length && text.as_bytes().get(self.range()) == Some(other.as_bytes())
    }

    /// The part of it that `part` of its text covers.
    pub(crate) fn narrow(self, part: Span) -> Span {
        Span { start: self.start + part.start, end: self.start + part.end }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Span {
        Span { start: range.start as u32, end: range.end as u32 }
    }
}
