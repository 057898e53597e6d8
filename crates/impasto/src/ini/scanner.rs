//! From physical lines to items: comments, continuations and blank lines, as `configparser` has them.

use std::ops::Range;
use std::sync::Arc;

use serde_ini::Item;

use super::{find, is_space, item, lines, space::rstrip, strip};
use crate::problem::{Code, Place, Problem, Source, Span};

/// An item and the places of its parts.
pub(crate) struct Scanned {
    pub(crate) item: Item,
    /// The section's name, or the option's.
    pub(crate) name: Span,
    /// The option's value, from its first character to its last.
    pub(crate) value: Span,
    /// Whether the value was put together of several lines, and so is not what stands there.
    pub(crate) is_joined: bool,
}

/// Reads a text into items, and collects what is wrong with its lines.
pub(crate) struct Scanner<'a> {
    source: &'a Arc<Source>,
    /// The option whose value may go on.
    open: Option<Open<'a>>,
    in_section: bool,
    /// The indentation, in characters, of the last header or option.
    indent: usize,
    pub(crate) problems: Vec<Problem>,
}

/// An option whose last line has not been seen yet.
struct Open<'a> {
    name: Span,
    /// What stands there.
    key: &'a str,
    /// From its first character to its last.
    value: Span,
    /// The first line of the value.
    first: &'a str,
    /// The whole line, when that is as serde_ini needs it.
    plain: Option<&'a str>,
    /// All lines of the value, once there is more than one.
    joined: Option<String>,
    /// Blank lines behind them, which count only if another line follows.
    blank: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(source: &'a Arc<Source>) -> Scanner<'a> {
        Scanner { source, open: None, in_section: false, indent: 0, problems: Vec::new() }
    }

    /// Hands each item to `emit`, in the order of the file.
    pub(crate) fn scan(&mut self, mut emit: impl FnMut(Scanned, &mut Vec<Problem>)) {
        // PasteDeploy takes a byte order mark for text and fails; editors write it unasked.
        let mark =
            if self.source.text().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        for (start, line) in lines(&self.source.text()[mark..]) {
            let start = start + mark;
            let text = strip(line);
            if matches!(text.as_bytes(), [b'#' | b';', ..]) {
                continue;
            }
            if text.is_empty() {
                self.append("", start..start);
                continue;
            }
            let lead = text.as_ptr() as usize - line.as_ptr() as usize;
            let indent = if lead == 0 { 0 } else { line[..lead].chars().count() };
            let span = start + lead..start + lead + text.len();
            if self.open.is_some() && indent > self.indent {
                self.warn_of_swallowed(text, &span);
                self.append(text, span);
                continue;
            }
            self.indent = indent;
            if let Some(end) = header_end(text) {
                self.close(&mut emit);
                self.warn_of_ignored(text, end, &span);
                let name = Span::from(span.start + 1..span.start + end);
                self.in_section = true;
                let item = item::section(&text[..=end], &text[1..end]);
                let scanned = Scanned { item, name, value: Span::default(), is_joined: false };
                emit(scanned, &mut self.problems);
            } else if !self.in_section {
                self.before_the_first_section(text, span);
            } else {
                self.option(text, span, &mut emit);
            }
        }
        self.close(&mut emit);
    }

    /// Only the first such line is reported: the others have the same reason.
    fn before_the_first_section(&mut self, text: &str, span: Range<usize>) {
        if self.problems.iter().any(|problem| problem.code == Code::NoSectionHeader) {
            return;
        }
        let problem = match text.strip_prefix('[') {
            Some(name) if name != "]" => unclosed(Problem::error, Code::NoSectionHeader, name),
            _ => Problem::error(Code::NoSectionHeader, "this line stands before the first section")
                .help("begin the file with a section such as [app:main] or [DEFAULT]"),
        };
        self.problem(problem, span);
    }

    fn option(
        &mut self,
        text: &'a str,
        span: Range<usize>,
        emit: &mut impl FnMut(Scanned, &mut Vec<Problem>),
    ) {
        // Names are short: this is faster than what is made for long texts.
        let Some(at) = text.bytes().position(|byte| matches!(byte, b'=' | b':')) else {
            // As in configparser, the option above stays open.
            let problem = match text.strip_prefix('[') {
                Some("]") => Problem::error(Code::NoDelimiter, "this section has no name")
                    .help("write a kind and a name, such as [app:main]"),
                Some(name) => unclosed(Problem::error, Code::NoDelimiter, name),
                None => Problem::error(Code::NoDelimiter, "this line has neither `=` nor `:`")
                    .help("write `name = value`, or indent the line to continue the value above"),
            };
            return self.problem(problem, span);
        };
        self.close(emit);
        let name = rstrip(&text[..at]);
        let value = strip(&text[at + 1..]);
        if name.is_empty() {
            let problem = Problem::error(Code::EmptyName, "this option has no name");
            return self.problem(problem.help("write `name = value`"), span);
        }
        if let Some(section) = text.strip_prefix('[') {
            let problem = unclosed(Problem::warning, Code::SwallowedLine, section);
            self.problem(
                problem.help("as it is, this is an option of the section above"),
                span.clone(),
            );
        }
        let value_start = match value {
            "" => span.start + at + 1,
            _ => span.start + (value.as_ptr() as usize - text.as_ptr() as usize),
        };
        self.open = Some(Open {
            name: Span::from(span.start..span.start + name.len()),
            key: name,
            value: Span::from(value_start..value_start + value.len()),
            first: value,
            plain: (text.as_bytes()[at] == b'=').then_some(text),
            joined: None,
            blank: 0,
        });
    }

    /// Adds a line to the open value.
    fn append(&mut self, text: &str, span: Range<usize>) {
        let Some(open) = &mut self.open else { return };
        if text.is_empty() {
            open.blank += 1;
            return;
        }
        let joined = open.joined.get_or_insert_with(|| open.first.to_owned());
        joined.extend(std::iter::repeat_n('\n', open.blank + 1));
        joined.push_str(text);
        open.blank = 0;
        let span = Span::from(span);
        if open.value.is_empty() {
            open.value.start = span.start;
        }
        open.value.end = span.end;
    }

    /// The open value has ended.
    fn close(&mut self, emit: &mut impl FnMut(Scanned, &mut Vec<Problem>)) {
        let Some(open) = self.open.take() else { return };
        let Open { name, key, value, first, plain, joined, .. } = open;
        let item = match (&joined, plain) {
            (None, Some(line)) => item::option(line, key, first),
            (None, None) => item::option(&[key, "=", first].concat(), key, first),
            (Some(joined), _) => item::option(&[key, "=", joined].concat(), key, joined),
        };
        let scanned = Scanned { item, name, value, is_joined: joined.is_some() };
        emit(scanned, &mut self.problems);
    }

    fn warn_of_swallowed(&mut self, text: &str, span: &Range<usize>) {
        let Some(open) = &self.open else { return };
        let above = || Place::new(self.source, open.name.range());
        if header_end(text).is_some() {
            self.problem(
                Problem::warning(
                    Code::SwallowedLine,
                    "this line is indented, so it continues the value above and begins no section",
                )
                .help("remove the white space before `[`")
                .label(above(), "continues this one"),
                span.clone(),
            );
            return;
        }
        let option_like = || {
            text.split_once([' ', '=', ':']).is_some_and(|(word, rest)| {
                !word.is_empty() && rest.trim_start_matches(is_space).starts_with('=')
            })
        };
        if !open.first.is_empty() && option_like() {
            self.problem(
                Problem::warning(
                    Code::SwallowedLine,
                    "this line is indented, so it continues the value above and sets no option",
                )
                .help("give it the indentation of the option above")
                .label(above(), "continues this one"),
                span.clone(),
            );
        }
    }

    fn warn_of_ignored(&mut self, text: &str, end: usize, span: &Range<usize>) {
        if find(b']', text) == Some(text.len() - 1) {
            return;
        }
        let (name, rest) = (&text[1..end], strip(&text[end + 1..]));
        if let Some(bracket) = name.find(']') {
            let at = span.start + 1 + bracket;
            let message =
                "a section's name goes to the last `]` of its line, so this is part of the name";
            self.problem(
                Problem::warning(Code::IgnoredText, message)
                    .help("move what is no name to a line of its own"),
                at..span.start + end,
            );
        }
        if !rest.is_empty() && !rest.starts_with(['#', ';']) {
            let problem =
                Problem::warning(Code::IgnoredText, "text behind a section's `]` is ignored");
            self.problem(
                problem.help("move it to a line of its own"),
                span.start + end + 1..span.end,
            );
        }
    }

    fn problem(&mut self, problem: Problem, span: Range<usize>) {
        self.problems.push(problem.at(Place::new(self.source, span)));
    }
}

/// `[app:main`: a header, but for its end.
fn unclosed(problem: fn(Code, String) -> Problem, code: Code, name: &str) -> Problem {
    let name = strip(name.split([']', '=']).next().unwrap_or_default());
    let problem = problem(code, "this begins no section, for its `]` is missing".to_owned());
    problem.help(format!("write [{name}]"))
}

/// Where the `]` of a header is: the last of the line, with at least one character before it.
fn header_end(text: &str) -> Option<usize> {
    if !text.starts_with('[') {
        return None;
    }
    text.bytes().rposition(|byte| byte == b']').filter(|&end| end > 1)
}
