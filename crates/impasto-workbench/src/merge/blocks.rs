//! A text in pieces that can be taken one by one, and that are the text when put together.

use std::ops::Range;

use crate::text::{OptionText, SectionText, Text};

pub(super) struct Blocks<'a> {
    pub(super) text: &'a Text,
    /// What stands above all sections and is about none.
    pub(super) preamble: &'a str,
    pub(super) sections: Vec<SectionBlock<'a>>,
}

pub(super) struct SectionBlock<'a> {
    pub(super) text: &'a Text,
    pub(super) section: SectionText<'a>,
    /// How many of the same name stand above it: only `[DEFAULT]` may.
    nth: usize,
    /// Blank lines and comments right above the header.
    pub(super) lead: &'a str,
    /// The line of the header.
    pub(super) header: &'a str,
    pub(super) options: Vec<OptionBlock<'a>>,
    /// Blank lines and comments behind the last option.
    pub(super) tail: &'a str,
}

pub(super) struct OptionBlock<'a> {
    pub(super) option: OptionText<'a>,
    /// Blank lines and comments above it.
    pub(super) lead: &'a str,
    pub(super) lines: &'a str,
    pub(super) value: String,
}

impl<'a> Blocks<'a> {
    pub(super) fn of(text: &'a Text) -> Blocks<'a> {
        let whole = text.as_str();
        let sections: Vec<SectionText<'a>> = text.sections().collect();
        let start_of = |at: usize| {
            let header = sections.get(at).map(|section| section.header().start);
            header.map_or(whole.len(), |header| lead_start(text, header))
        };
        let mut blocks: Vec<SectionBlock<'a>> = Vec::with_capacity(sections.len());
        for (at, section) in sections.iter().enumerate() {
            let same = blocks.iter().rev().find(|block| block.section.name() == section.name());
            let nth = same.filter(|_| section.name() == "DEFAULT").map_or(0, |same| same.nth + 1);
            blocks.push(SectionBlock::of(text, *section, nth, start_of(at), start_of(at + 1)));
        }
        Blocks { text, preamble: &whole[..start_of(0)], sections: blocks }
    }

    pub(super) fn keys(&self) -> Vec<(&'a str, usize)> {
        self.sections.iter().map(SectionBlock::key).collect()
    }
}

impl<'a> SectionBlock<'a> {
    fn of(
        text: &'a Text,
        section: SectionText<'a>,
        nth: usize,
        start: usize,
        end: usize,
    ) -> SectionBlock<'a> {
        let whole = text.as_str();
        let header = section.header();
        let mut at = header.end;
        let mut options = Vec::new();
        for option in section.options() {
            let lines: Range<usize> = option.lines();
            options.push(OptionBlock {
                option,
                lead: &whole[at..lines.start],
                lines: &whole[lines.clone()],
                value: option.value(),
            });
            at = lines.end;
        }
        SectionBlock {
            text,
            section,
            nth,
            lead: &whole[start..header.start],
            header: &whole[header],
            options,
            tail: &whole[at..end.max(at)],
        }
    }

    /// What it is known by.
    pub(super) fn key(&self) -> (&'a str, usize) {
        (self.section.name(), self.nth)
    }

    pub(super) fn option_names(&self) -> Vec<&'a str> {
        self.options.iter().map(|option| option.option.name()).collect()
    }

    pub(super) fn option(&self, key: &str) -> Option<&OptionBlock<'a>> {
        self.options.iter().find(|option| option.option.name() == key)
    }

    /// All of it.
    pub(super) fn whole(&self) -> String {
        let options = self.options.iter().flat_map(|option| [option.lead, option.lines]);
        let head = [self.lead, self.header].into_iter();
        head.chain(options).chain([self.tail]).collect()
    }

    /// Whether it says the same as another.
    pub(super) fn says_the_same(&self, other: &SectionBlock<'_>) -> bool {
        self.options.len() == other.options.len()
            && self.options.iter().all(|option| {
                other.option(option.option.name()).is_some_and(|it| it.value == option.value)
            })
    }
}

/// Where the blank lines and, behind them, the comments right above a header begin.
fn lead_start(text: &Text, header: usize) -> usize {
    let mut start = header;
    let above = |start: usize| {
        let line = start.checked_sub(1).map(|at| text.line(at)).filter(|line| line.start < start);
        line.map(|line| (line.start, &text.as_str()[text.content(line)]))
    };
    let is_comment = |content: &str| content.starts_with(['#', ';']);
    while let Some((line, _)) = above(start).filter(|(_, content)| is_comment(content)) {
        // A comment inside of a value is the value's.
        if is_of_value(text, line) {
            break;
        }
        start = line;
    }
    while let Some((line, _)) = above(start).filter(|(_, content)| content.is_empty()) {
        start = line;
    }
    start
}

fn is_of_value(text: &Text, at: usize) -> bool {
    let mut options = text.sections().flat_map(|section| section.options());
    options.any(|option| option.lines().contains(&at))
}
