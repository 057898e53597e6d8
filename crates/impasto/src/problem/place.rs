//! Where in which file.

use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::{fmt, iter};

use memchr::memchr2_iter;

/// A text that was read, with the name it is shown under.
pub struct Source {
    name: String,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
}

impl Source {
    /// Keeps `text` under `name` (a path, usually). Texts are below 4 GiB.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Source> {
        Arc::new(Source { name: name.into(), text: text.into(), line_starts: OnceLock::new() })
    }

    /// The name it is shown under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte offset at which line `line` (from 1) begins, or the end of the text.
    pub fn line_start(&self, line: usize) -> usize {
        let starts = self.line_starts();
        starts.get(line.saturating_sub(1)).map_or(self.text.len(), |&start| start as usize)
    }

    /// The line (from 1) that holds byte `offset`, or would. `\n`, `\r\n` and a lone `\r` end lines.
    pub fn line_at(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|&start| start as usize <= offset)
    }

    /// Found on first use: only problems ask, and most loads have none.
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let is_end = |at: &usize| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
            let ends = memchr2_iter(b'\n', b'\r', bytes).filter(is_end);
            iter::once(0).chain(ends.map(|end| end as u32 + 1)).collect()
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.name).finish()
    }
}

/// A span of a [`Source`].
#[derive(Clone)]
pub struct Place {
    source: Arc<Source>,
    start: u32,
    end: u32,
}

impl Place {
    /// The bytes `span` of `source`, cut to what the text has.
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Place {
        let end = span.end.min(source.text.len());
        let start = span.start.min(end);
        Place { source: Arc::clone(source), start: start as u32, end: end as u32 }
    }

    /// The text this is a place in.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The name of the file.
    pub fn file(&self) -> &str {
        &self.source.name
    }

    /// The bytes it spans.
    pub fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The line it begins in, from 1. `\n`, `\r\n` and a lone `\r` end lines.
    pub fn line(&self) -> usize {
        self.source.line_at(self.start as usize)
    }

    /// The column it begins at, from 1, in characters.
    pub fn column(&self) -> usize {
        let line_start = self.source.line_start(self.line());
        let before = self.source.text.get(line_start..self.start as usize);
        before.map_or(1, |text| text.chars().count() + 1)
    }

    /// The text it spans.
    pub fn text(&self) -> &str {
        self.source.text.get(self.span()).unwrap_or_default()
    }

    /// What it spans of its second line, without the white space around; `None` when it ends before.
    pub(crate) fn second_line(&self) -> Option<Place> {
        let text = self.text();
        let end = text.find(['\n', '\r'])?;
        let rest = text[end..].trim_start();
        let start = text.len() - rest.len();
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        (length > 0).then(|| self.narrow(start..start + length))
    }

    /// The part of this place that `range` of its text covers.
    pub fn narrow(&self, range: Range<usize>) -> Place {
        let start = self.start as usize;
        Place::new(&self.source, start + range.start..start + range.end)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        Arc::ptr_eq(&self.source, &other.source) && self.span() == other.span()
    }
}

/// `file:line:column`
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file(), self.line(), self.column())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_counts_and_columns_are_characters() {
        let source = Source::new("x.ini", "a\r\nb\rc\nüx");
        let at = |text: &str| {
            let start = source.text().find(text).unwrap();
            let place = Place::new(&source, start..start + text.len());
            (place.line(), place.column())
        };
        assert_eq!(at("a"), (1, 1));
        assert_eq!(at("b"), (2, 1));
        assert_eq!(at("c"), (3, 1));
        assert_eq!(at("x"), (4, 2));
        assert_eq!(Place::new(&source, 900..901).line(), 4);
    }
}
