//! `# impasto: allow CODE reason` above an option or a section: what is warned of there is meant so.

use std::ops::RangeInclusive;

use crate::ini::Document;
use crate::problem::{Code, Place, Problem, Severity};

/// A comment that allows something.
struct Allow {
    code: Code,
    /// The lines of the option or the section below it, or the line below it.
    lines: RangeInclusive<usize>,
    place: Place,
    is_used: bool,
}

/// Takes the warnings that comments of `document` allow away from `problems`. Returns what is wrong with
/// the comments, among it that there was nothing to allow.
pub(super) fn apply(document: &Document, problems: &mut Vec<Problem>) -> Vec<Problem> {
    let (mut allows, mut wrong) = (Vec::new(), Vec::new());
    for (place, line) in comments(document) {
        match Allow::read(document, place, line) {
            Ok(allow) => allows.push(allow),
            Err(problem) => wrong.push(problem),
        }
    }
    if !allows.is_empty() {
        problems.retain(|problem| {
            let covering = allows.iter_mut().filter(|allow| allow.covers(problem));
            covering.map(|allow| allow.is_used = true).count() == 0
        });
    }
    let unused = allows.iter().filter(|allow| !allow.is_used).map(|allow| {
        let message = format!("there is no warning `{}` below to be allowed", allow.code);
        Problem::warning(Code::UselessAllow, message).at(allow.place.clone()).help("remove it")
    });
    wrong.extend(unused);
    wrong
}

/// What stands behind `impasto:` in comments, and in which line.
fn comments(document: &Document) -> impl Iterator<Item = (Place, usize)> {
    let source = document.source();
    let text = source.text();
    let mut start = 0;
    let lines = text.split_inclusive('\n').enumerate().filter_map(move |(at, line)| {
        let begin = start;
        start += line.len();
        let comment = line.trim_start().strip_prefix(['#', ';'])?;
        let rest = comment.trim_start().strip_prefix("impasto:")?.trim();
        let from = begin + line.find(rest).filter(|_| !rest.is_empty()).unwrap_or(0);
        Some((from..from + rest.len(), at + 1))
    });
    lines.map(|(span, line)| (Place::new(source, span), line))
}

impl Allow {
    /// Reads `allow CODE reason` in a comment of line `line`.
    fn read(document: &Document, place: Place, line: usize) -> Result<Allow, Problem> {
        let wrong = |message: String| {
            Problem::warning(Code::UselessAllow, message).at(place.clone()).help(
                "write `# impasto: allow CODE reason` above the option or section that is meant so",
            )
        };
        let mut words = place.text().split_whitespace();
        let (verb, code) = (words.next(), words.next());
        if verb != Some("allow") {
            return Err(wrong("this comment says nothing that impasto knows".to_owned()));
        }
        let Some(code) = code else { return Err(wrong("`allow` names no warning".to_owned())) };
        let known = Code::ALL.iter().find(|known| known.as_str() == code);
        let Some(known) = known else {
            return Err(wrong(format!("there is no warning `{code}`"))
                .suggest(code, Code::ALL.iter().map(|code| code.as_str())));
        };
        if words.next().is_none() {
            return Err(wrong(format!("no reason is given why `{code}` is meant so")));
        }
        Ok(Allow { code: *known, lines: below(document, line), place, is_used: false })
    }

    fn covers(&self, problem: &Problem) -> bool {
        let is_here = |place: &Place| {
            std::sync::Arc::ptr_eq(place.source(), self.place.source())
                && self.lines.contains(&place.line())
        };
        problem.severity == Severity::Warning
            && problem.code == self.code
            && problem.place.as_ref().is_some_and(is_here)
    }
}

/// The lines of what stands below a comment: all of an option, all of a section, or one line.
fn below(document: &Document, comment: usize) -> RangeInclusive<usize> {
    let is_text = |line: &str| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with(['#', ';'])
    };
    let lines = document.source().text().lines().skip(comment);
    let Some(first) = lines.enumerate().find(|(_, line)| is_text(line)) else { return 0..=0 };
    let first = comment + 1 + first.0;
    let sections = || document.sections().chain([document.defaults()]);
    let headers = || sections().map(|section| section.place().line());
    if headers().any(|header| header == first) {
        let next = headers().filter(|header| *header > first).min();
        return first..=next.map_or(usize::MAX, |next| next - 1);
    }
    let last = sections().find_map(|section| {
        let mut entries = section.entries();
        let entry = entries.find(|entry| entry.key_place().line() == first)?;
        let value = entry.value_place();
        Some(value.line() + value.text().lines().count().saturating_sub(1))
    });
    first..=last.unwrap_or(first).max(first)
}
