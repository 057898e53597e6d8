//! The words of a value and where they are written.

use std::ops::Range;

use super::{lines, split, strip};
use crate::problem::Place;

/// The words that stand where a value is written, as parts of that text: comment lines between its
/// lines do not count.
pub(crate) fn words(written: &str) -> impl Iterator<Item = Range<usize>> {
    let base = written.as_ptr() as usize;
    lines(written)
        .filter(|(start, line)| *start == 0 || !strip(line).starts_with(['#', ';']))
        .flat_map(|(_, line)| split(line))
        .map(move |word| {
            let start = word.as_ptr() as usize - base;
            start..start + word.len()
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
        let source = Source::new("x.ini", "[s]\na = one\n  # no\n  two three\n");
        let document = Document::parse("x.ini", source).unwrap();
        let place = document.section("s").unwrap().entry("a").unwrap().value_place();
        let word = word_place(&place, 2).unwrap();
        assert_eq!((word.text(), word.line(), word.column()), ("three", 4, 7));
    }
}
