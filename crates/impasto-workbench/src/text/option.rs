//! An option of a text.

use std::ops::Range;

use impasto::Place;
use impasto::ini::{strip, words};

use super::{Option, Text};

/// An option as it is written. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct OptionText<'a> {
    pub(super) text: &'a Text,
    pub(super) option: &'a Option,
}

/// A line of a value. The first is what stands behind the delimiter, and may be empty.
#[derive(Clone, Debug)]
pub(crate) struct ValueLine {
    /// The whole line, with its end.
    pub(crate) line: Range<usize>,
    /// The part that counts, without white space around it.
    pub(crate) content: Range<usize>,
}

impl<'a> OptionText<'a> {
    /// The name.
    pub fn name(self) -> &'a str {
        &self.text.as_str()[self.option.name.clone()]
    }

    /// The value before interpolation: its lines without the white space around them, joined by `\n`.
    pub fn value(self) -> String {
        let text = self.text.as_str();
        let lines = self.value_lines().into_iter().map(|line| &text[line.content]);
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Where the name is written.
    pub fn key_place(self) -> Place {
        self.text.place(self.option.name.clone())
    }

    /// Where the value is written.
    pub fn value_place(self) -> Place {
        self.text.place(self.option.value.clone())
    }

    /// The words of the value, where they stand.
    pub(crate) fn words(self) -> Vec<Range<usize>> {
        let start = self.option.value.start;
        let written = &self.text.as_str()[self.option.value.clone()];
        words(written).map(|word| start + word.start..start + word.end).collect()
    }

    pub(crate) fn name_span(self) -> Range<usize> {
        self.option.name.clone()
    }

    pub(crate) fn value_span(self) -> Range<usize> {
        self.option.value.clone()
    }

    /// Behind the `=` or `:`.
    pub(crate) fn delimiter_end(self) -> usize {
        let end = self.option.name.end;
        let found = self.text.as_str()[end..].find(['=', ':']);
        found.map_or(end, |at| end + at + 1)
    }

    /// From the line of its name to the last line of its value, with all that stands between.
    pub(crate) fn lines(self) -> Range<usize> {
        let end = self.option.value.end.max(self.option.name.end);
        self.text.line(self.option.name.start).start..self.text.line(end).end
    }

    /// The lines of its value, without the comments between them.
    pub(crate) fn value_lines(self) -> Vec<ValueLine> {
        let text = self.text.as_str();
        let behind = self.delimiter_end();
        let first = self.text.line(self.option.name.start);
        let content = self.text.content(behind..first.end);
        // An empty value is where the scanner has it: right behind the delimiter.
        let content = if content.is_empty() { behind..behind } else { content };
        let mut found = vec![ValueLine { line: first.clone(), content }];
        let mut at = first.end;
        while at < self.option.value.end {
            let line = self.text.line(at);
            at = line.end;
            let content = self.text.content(line.clone());
            if !strip(&text[content.clone()]).starts_with(['#', ';']) {
                found.push(ValueLine { line, content });
            }
        }
        found
    }
}
