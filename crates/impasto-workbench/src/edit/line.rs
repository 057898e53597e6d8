//! The words of a pipeline: whoever writes one over several lines keeps that.

use std::ops::Range;

use impasto::nearest;

use super::{Beside, EditError};
use crate::text::{OptionText, Splice, Text};

/// The words of a pipeline where they stand.
pub(crate) struct Line<'a> {
    text: &'a Text,
    name: &'a str,
    option: OptionText<'a>,
    spans: Vec<Range<usize>>,
    words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    /// The pipeline that an option is, if it has an app.
    pub(crate) fn of(text: &'a Text, name: &'a str, option: OptionText<'a>) -> Option<Line<'a>> {
        let spans = option.words();
        let words: Vec<&str> = spans.iter().map(|span| &text.as_str()[span.clone()]).collect();
        (!words.is_empty()).then_some(Line { text, name, option, spans, words })
    }

    /// The filters and, last, the app.
    pub(crate) fn words(&self) -> &[&'a str] {
        &self.words
    }

    /// The filters.
    pub(super) fn filters(&self) -> &[&'a str] {
        &self.words[..self.words.len() - 1]
    }

    /// Gives it another app.
    pub(crate) fn replace_app(&self, app: &str) -> Splice {
        let last = self.spans.last().expect("a pipeline has an app");
        Splice::replace(last.clone(), app)
    }

    /// Where a filter is.
    pub(super) fn position(&self, filter: &str) -> Result<usize, EditError> {
        let (app, filters) = self.words.split_last().expect("a pipeline has an app");
        if let Some(at) = filters.iter().position(|word| *word == filter) {
            return Ok(at);
        }
        let pipeline = self.name.to_owned();
        if *app == filter {
            return Err(EditError::IsTheApp { pipeline, app: filter.to_owned() });
        }
        let near = nearest(filter, filters.iter().copied()).map(str::to_owned);
        Err(EditError::NoFilter { pipeline, filter: filter.to_owned(), near })
    }

    /// Which word will be behind what comes to this place.
    pub(super) fn place(&self, at: &Beside) -> Result<usize, EditError> {
        match at {
            Beside::Before(app) if self.words.last() == Some(&app.as_str()) => {
                Ok(self.words.len() - 1)
            }
            Beside::Before(filter) => self.position(filter),
            Beside::After(filter) => {
                let first = self.position(filter)?;
                let last = self.filters().iter().rposition(|word| word == filter).unwrap_or(first);
                Ok(last + 1)
            }
        }
    }

    /// Puts a word before the word at `place`; beside the one before it, if `after` is said.
    pub(crate) fn insert(&self, place: usize, word: &str, after: bool) -> Splice {
        let anchor = &self.spans[if after { place - 1 } else { place }];
        let line = self.text.line(anchor.start);
        let is_first = self.is_first(&line);
        if !self.is_alone(anchor, &line) || self.text.line(self.spans[0].start).end >= self.end() {
            return match after {
                true => Splice::insert(anchor.end, format!(" {word}")),
                false => Splice::insert(anchor.start, format!("{word} ")),
            };
        }
        let end = self.text.line_end(line.clone());
        let indent = match is_first {
            true => self.indentation(),
            false => self.text.indentation(line.clone()),
        };
        match (after, is_first) {
            (true, _) => Splice::insert(line.end, format!("{indent}{word}{end}")),
            (false, true) => Splice::insert(anchor.start, format!("{word}{end}{indent}")),
            (false, false) => Splice::insert(line.start, format!("{indent}{word}{end}")),
        }
    }

    /// Takes the word at `at` out, which is not the last.
    pub(crate) fn cut(&self, at: usize) -> Splice {
        let word = &self.spans[at];
        let line = self.text.line(word.start);
        if self.is_alone(word, &line) {
            return match self.is_first(&line) {
                true => Splice::remove(self.option.delimiter_end()..word.end),
                false => Splice::remove(line),
            };
        }
        match self.spans.get(at + 1) {
            Some(next) if next.start < line.end => Splice::remove(word.start..next.start),
            _ => Splice::remove(self.spans[at - 1].end..word.end),
        }
    }

    /// Whether it is the only word of its line.
    fn is_alone(&self, word: &Range<usize>, line: &Range<usize>) -> bool {
        let on_line = self.spans.iter().filter(|span| line.contains(&span.start));
        on_line.count() == 1 && line.contains(&word.start)
    }

    /// Whether it is the line with the option's name.
    fn is_first(&self, line: &Range<usize>) -> bool {
        line.contains(&self.option.name_span().start)
    }

    /// The indentation of the lines behind the first.
    fn indentation(&self) -> &'a str {
        let lines = self.option.value_lines();
        let second = lines.iter().skip(1).find(|line| !line.content.is_empty());
        second.map_or("    ", |line| self.text.indentation(line.line.clone()))
    }

    fn end(&self) -> usize {
        self.option.value_span().end
    }
}
