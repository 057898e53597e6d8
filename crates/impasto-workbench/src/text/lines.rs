//! The lines of a text around a byte, with their ends.

use std::ops::Range;

use impasto::ini::strip;

use super::Text;

impl Text {
    /// The line that holds byte `at`, with its end; without a byte order mark before it.
    pub(crate) fn line(&self, at: usize) -> Range<usize> {
        let bytes = self.as_str().as_bytes();
        let mark = if self.as_str().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let at = at.clamp(mark, bytes.len());
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        // Between the two bytes of a line end is still the line before.
        let before = match at > 0 && at < bytes.len() && &bytes[at - 1..=at] == b"\r\n" {
            true => at - 1,
            false => at,
        };
        let start = bytes[mark..before].iter().rposition(is_end).map_or(mark, |end| mark + end + 1);
        let end = bytes[before..].iter().position(is_end).map_or(bytes.len(), |end| before + end);
        let width = match bytes.get(end..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        start..end + width
    }

    /// What a range holds without the white space around it.
    pub(crate) fn content(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.as_str()[range.clone()];
        let content = strip(text);
        let start = range.start + (content.as_ptr() as usize - text.as_ptr() as usize);
        start..start + content.len()
    }

    /// The white space at the beginning of a line.
    pub(crate) fn indentation(&self, line: Range<usize>) -> &str {
        &self.as_str()[line.start..self.content(line).start]
    }

    /// How the line ends; as the first line of the text does, when it is the last and does not.
    pub(crate) fn line_end(&self, line: Range<usize>) -> &str {
        let end_of = |line: Range<usize>| {
            let text = &self.as_str()[line];
            &text[text.trim_end_matches(['\n', '\r']).len()..]
        };
        match (end_of(line), end_of(self.line(0))) {
            ("", "") => "\n",
            ("", first) => first,
            (own, _) => own,
        }
    }
}

#[cfg(test)]
mod tests {
    use impasto::Source;

    use super::*;

    #[test]
    fn lines_have_their_ends() {
        let text = Text::new(Source::new("x.ini", "\u{feff}a\r\nb\rc\n\nd"));
        let line = |at| &text.as_str()[text.line(at)];
        assert_eq!((line(0), line(3), line(4), line(5)), ("a\r\n", "a\r\n", "a\r\n", "a\r\n"));
        assert_eq!((line(6), line(8), line(10), line(11)), ("b\r", "c\n", "\n", "d"));
        assert_eq!((line(12), line(99)), ("d", "d"));
        assert_eq!(text.line_end(text.line(11)), "\r\n");
    }
}
