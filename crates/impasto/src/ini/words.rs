//! The words of a value and where they are written.

use std::ops::Range;

use super::split;
use crate::problem::Place;

/// The words that stand where a value is written, as parts of that text: comment lines between its
/// lines do not count.
pub fn words(written: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let word = split(&written[at..]).next()?;
            let start = word.as_ptr() as usize - written.as_ptr() as usize;
            let is_comment =
                word.starts_with(['#', ';']) && written[at..start].contains(['\n', '\r']);
            if !is_comment {
                at = start + word.len();
                return Some(start..at);
            }
            let comment = &written[start..];
            at = start + comment.find(['\n', '\r']).unwrap_or(comment.len());
        }
    })
}

/// Where word `index` of a value is written, given the place of the whole value.
pub(crate) fn word_place(value: &Place, index: usize) -> Option<Place> {
    words(value.text()).nth(index).map(|word| value.narrow(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Source, ini::Document};

    #[test]
    fn words_have_places() {
        let source = Source::new("x.ini", "[s]\na = one\n  # no\n  ;no\n\n  two three\n");
        let document = Document::parse("x.ini", source).unwrap();
        let place = document.section("s").unwrap().entry("a").unwrap().value_place();
        let word = word_place(&place, 2).unwrap();
        assert_eq!((word.text(), word.line(), word.column()), ("three", 6, 7));
    }
}
