//! Lines and columns as an editor counts them.

use std::ops::Range;

use impasto::{Place, Source};
use lsp_types::{Position, PositionEncodingKind};

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16, which every editor knows.
    #[default]
    Utf16,
}

impl Encoding {
    /// The one to speak with an editor that knows these: bytes, where it does.
    pub(super) fn among(known: Option<&[PositionEncodingKind]>) -> Encoding {
        match known.is_some_and(|known| known.contains(&PositionEncodingKind::UTF8)) {
            true => Encoding::Utf8,
            false => Encoding::Utf16,
        }
    }

    pub(super) fn name(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    /// The byte at a position; behind the last of its line, or of the text, where there is none.
    pub(super) fn offset(self, source: &Source, position: Position) -> usize {
        let line = position.line as usize + 1;
        let (start, next) = (source.line_start(line), source.line_start(line + 1));
        let text = &source.text()[start..next.max(start)];
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let mut left = position.character as usize;
        for (at, c) in text.char_indices() {
            let width = self.width(c);
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + text.len()
    }

    /// The bytes of a range.
    pub(super) fn span(self, source: &Source, range: lsp_types::Range) -> Range<usize> {
        self.offset(source, range.start)..self.offset(source, range.end)
    }

    /// The position of a byte.
    pub(super) fn position(self, source: &Source, offset: usize) -> Position {
        let offset = offset.min(source.text().len());
        self.in_line(source, source.line_at(offset), offset)
    }

    /// The range of some bytes.
    pub(super) fn range(self, source: &Source, span: Range<usize>) -> lsp_types::Range {
        let start = span.start.min(source.text().len());
        let line = source.line_at(start);
        // Most ends stand in the line of their starts, which need not be looked for again.
        let end = match (start..source.line_start(line + 1)).contains(&span.end) {
            true => self.in_line(source, line, span.end),
            false => self.position(source, span.end),
        };
        lsp_types::Range::new(self.in_line(source, line, start), end)
    }

    fn in_line(self, source: &Source, line: usize, offset: usize) -> Position {
        let before = source.text().get(source.line_start(line)..offset).unwrap_or_default();
        let character = match before.is_ascii() {
            true => before.len(),
            false => before.chars().map(|c| self.width(c)).sum(),
        };
        Position::new(line as u32 - 1, character as u32)
    }

    /// The range of a place.
    pub(super) fn of(self, place: &Place) -> lsp_types::Range {
        self.range(place.source(), place.span())
    }

    fn width(self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_agreed() {
        let source = Source::new("x.ini", "a\r\nü😀x\n\rz");
        for (encoding, line, character, offset) in [
            (Encoding::Utf16, 1, 0, 3),
            (Encoding::Utf16, 1, 1, 5),
            (Encoding::Utf16, 1, 3, 9),
            (Encoding::Utf8, 1, 2, 5),
            (Encoding::Utf8, 1, 6, 9),
            (Encoding::Utf16, 3, 1, 13),
        ] {
            let position = Position::new(line, character);
            assert_eq!(encoding.offset(&source, position), offset, "{position:?}");
            assert_eq!(encoding.position(&source, offset), position);
            for end in [offset, 9, 13] {
                let range = encoding.range(&source, offset..end);
                assert_eq!((range.start, range.end), (position, encoding.position(&source, end)));
            }
        }
    }

    #[test]
    fn no_position_is_too_wrong() {
        let source = Source::new("x.ini", "a\r\nü😀x");
        let at = |line, character| Encoding::Utf16.offset(&source, Position::new(line, character));
        // Behind a line, within a character, behind the text.
        assert_eq!((at(0, 9), at(1, 2), at(9, 0), at(u32::MAX, u32::MAX)), (1, 5, 10, 10));
        assert_eq!(Encoding::Utf8.position(&source, 99), Position::new(1, 7));
        assert_eq!(Encoding::Utf8.position(&Source::new("", ""), 5), Position::new(0, 0));
    }
}
