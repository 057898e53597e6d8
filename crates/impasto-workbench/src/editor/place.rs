//! What is under the cursor.

use std::ops::Range;

use impasto::ini::is_space;

use super::document::boundary;
use crate::text::{OptionText, SectionText, Text};

/// A byte of a text, as the dialect has it.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) text: &'a Text,
    pub(super) at: usize,
    /// The section it is in, or whose header it is in; none before the first one.
    pub(super) section: Option<SectionText<'a>>,
    pub(super) part: Part<'a>,
}

/// The part of a section.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// Its header, or what begins like one.
    Header,
    /// The name of an option.
    Key(OptionText<'a>),
    /// The value of an option, or where it could go on.
    Value(OptionText<'a>),
    /// A line that could become an option.
    Line,
    /// A comment.
    Comment,
}

impl<'a> Spot<'a> {
    pub(super) fn new(text: &'a Text, at: usize) -> Spot<'a> {
        let at = boundary(text.as_str(), at);
        // Within a line end is before it.
        let is_within =
            text.as_str()[..at].ends_with('\r') && text.as_str()[at..].starts_with('\n');
        let at = at - usize::from(is_within);
        let section = text.section_at(at).map(|(_, section)| section);
        Spot { text, at, section, part: part(text, at, section) }
    }

    /// What of its line stands before it.
    pub(super) fn before(&self) -> &'a str {
        let start = self.text.line(self.at).start.min(self.at);
        &self.text.as_str()[start..self.at]
    }

    /// The word it is in or behind, from `from` on.
    pub(super) fn word(&self, from: usize) -> Range<usize> {
        let text = self.text.as_str();
        let line = self.text.line(self.at);
        let from = from.max(line.start).min(self.at);
        let before = text[from..self.at].rfind(is_space);
        let width = |at: usize| text[at..].chars().next().map_or(0, char::len_utf8);
        let start = before.map_or(from, |found| from + found + width(from + found));
        let rest = &text[self.at..line.end.max(self.at)];
        let end = rest.find(is_space).map_or(self.at + rest.len(), |end| self.at + end);
        start..end
    }

    /// The `%(NAME)s` it is in: where NAME stands.
    pub(super) fn variable(&self) -> Option<Range<usize>> {
        let Part::Value(option) = self.part else { return None };
        let text = self.text.as_str();
        let value = option.value_span();
        if !value.contains(&self.at) {
            return None;
        }
        // The cursor may stand anywhere from `%` to `s`.
        let until = boundary(text, (self.at + 2).min(value.end));
        let open = value.start + text[value.start..until].rfind("%(")?;
        let close = open + text[open..value.end].find(")s")?;
        (self.at < close + 2 && close >= open + 2).then_some(open + 2..close)
    }
}

fn part<'a>(text: &'a Text, at: usize, section: Option<SectionText<'a>>) -> Part<'a> {
    let line = text.line(at);
    let said = &text.as_str()[text.content(line.clone())];
    if said.starts_with(['#', ';']) {
        return Part::Comment;
    }
    let Some(section) = section else {
        return if said.starts_with('[') { Part::Header } else { Part::Line };
    };
    let Some(option) = section.option_at(line.end.max(at)) else {
        let is_header = said.starts_with('[') || line.contains(&section.span().start);
        return if is_header { Part::Header } else { Part::Line };
    };
    let own = option.lines();
    // `[filter:` is an option to the dialect, as long as its `]` is missing.
    if said.starts_with('[') && !(option.name_span().end..own.end).contains(&line.start) {
        return Part::Header;
    }
    // On the line of its name.
    if line.contains(&option.name_span().start) {
        let is_key = at <= option.name_span().end || at < option.delimiter_end();
        return if is_key { Part::Key(option) } else { Part::Value(option) };
    }
    if at < own.end && line.start < own.end {
        return Part::Value(option);
    }
    let indent = text.indentation(line.clone());
    match said {
        said if said.starts_with('[') => Part::Header,
        // It would go on here.
        "" if !indent.trim_end_matches(['\n', '\r']).is_empty() => Part::Value(option),
        _ => Part::Line,
    }
}

#[cfg(test)]
mod tests {
    use impasto::Source;

    use super::*;

    /// What is under `|`.
    fn under(file: &str) -> String {
        let at = file.find('|').expect("a cursor");
        let text = Text::new(Source::new("/x.ini", file.replace('|', "")));
        let spot = Spot::new(&text, at);
        let section = spot.section.map(|section| section.name()).unwrap_or("-");
        let part = match spot.part {
            Part::Header => "header".to_owned(),
            Part::Key(option) => format!("key {}", option.name()),
            Part::Value(option) => format!("value {}", option.name()),
            Part::Line => "line".to_owned(),
            Part::Comment => "comment".to_owned(),
        };
        let variable = spot.variable().map(|span| format!(" %{}", &text.as_str()[span]));
        let word = &text.as_str()[spot.word(0)];
        format!("{section}: {part} {word:?}{}", variable.unwrap_or_default())
    }

    #[test]
    fn every_place_is_a_part_of_something() {
        for (file, found) in [
            ("|", "-: line \"\""),
            ("[ap|", "-: header \"[ap\""),
            ("|[a]\nk = v", "a: header \"[a]\""),
            ("[a|]\nk = v", "a: header \"[a]\""),
            ("[a]\nk| = v", "a: key k \"k\""),
            ("[a]\nk |= v", "a: key k \"=\""),
            ("[a]\nk =| v", "a: value k \"=\""),
            ("[a]\nk = v w|", "a: value k \"w\""),
            ("[a]\nk = v\n  w|x y", "a: value k \"wx\""),
            ("[a]\nk = v\n  |", "a: value k \"\""),
            ("[a]\nk = v\n|", "a: line \"\""),
            ("[a]\nk = v\nl|", "a: line \"l\""),
            ("[a]\nk = v\n\n|\n[b]\n", "a: line \"\""),
            ("[a]\nk = v\n# x|\n[b]\n", "a: comment \"x\""),
            ("[a]\nk = v\n[|\n[b]\nl = 1\n", "a: header \"[\""),
            ("[a]\nk = v\n[b:|\n", "a: header \"[b:\""),
            ("[a]\nk = v\n  [b|\n", "a: value k \"[b\""),
            ("[a]\n|\n[b]\n", "a: line \"\""),
            ("[a]\nk = x%(na|me)s", "a: value k \"x%(name)s\" %name"),
            ("[a]\nk = x|%(name)s", "a: value k \"x%(name)s\" %name"),
            ("[a]\nk = x%(name)s| y", "a: value k \"x%(name)s\""),
        ] {
            assert_eq!(under(file), found, "{file:?}");
        }
    }
}
