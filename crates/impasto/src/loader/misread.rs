//! What the text of a file suggests, and does not do.

use super::index::{Declared, declared};
use super::kind::{kinds, prefixes};
use super::load::Declaration;
use super::unused::is_of_tools;
use crate::ini::{Document, Section, split};
use crate::problem::{Code, Fix, Place, Problem, certain, nearest};

/// All of it but what is wrong with names.
pub(super) fn text(document: &Document) -> Vec<Problem> {
    let mut found = document.warnings().to_vec();
    found.extend(document.sections().filter_map(unknown_kind));
    found.extend(document.sections().filter_map(|section| outdone(document, section)));
    found
}

pub(super) fn nothing_to_load(document: &Document) -> Problem {
    Problem::warning(Code::MissingSection, "this file has no app, filter or server")
        .at(Place::new(document.source(), 0..0))
        .help("begin with an [app:main] or a [pipeline:main]")
}

/// `[app:a:b]`: whoever names it is taken to mean a URI.
pub(super) fn unreachable(document: &Document, declared: &Declaration) -> Option<Problem> {
    let section = document.section(&declared.section)?;
    let message = format!("no reference can name [{}]", declared.section);
    Some(
        Problem::warning(Code::UnusedSection, message)
            .at(section.place())
            .section(&*declared.section)
            .help("a name that begins with letters and a colon is always taken for a URI"),
    )
}

/// `[fliter:x]`: PasteDeploy ignores sections of kinds it does not know.
fn unknown_kind(section: Section<'_>) -> Option<Problem> {
    let (kind, name) = section.name().split_once(':')?;
    if declared(section.name()).is_some() || is_of_tools(section.name()) {
        return None;
    }
    let kinds = || kinds().map(|(kind, _)| kind);
    let near = kinds().find(|known| *known == kind.trim().to_lowercase());
    let near = near.or_else(|| nearest(kind, kinds()))?;
    let message = format!("`{kind}` is no kind of section that anything loads");
    let problem = Problem::warning(Code::UnknownKind, message)
        .at(section.place())
        .section(section.name())
        .help(format!("did you mean [{near}:{name}]?"));
    let fix = match certain(kind, kinds()) {
        Some(right) => Fix::Name { written: kind.to_owned(), right: right.to_owned() },
        None => Fix::Unknown,
    };
    Some(Problem { fix, ..problem })
}

/// `[application:x]` beside `[app:x]`: a name leads to the first spelling that there is.
fn outdone(document: &Document, section: Section<'_>) -> Option<Problem> {
    let Declared { group, prefix, name: Some(name) } = declared(section.name())? else {
        return None;
    };
    let spellings = prefixes(group).iter().find(|spellings| spellings.contains(&prefix))?;
    let mut before = spellings.iter().take_while(|spelling| **spelling != prefix);
    let first = before.find_map(|spelling| document.section(&format!("{spelling}:{name}")))?;
    let message =
        format!("[{}] is never loaded, for [{}] comes first", section.name(), first.name());
    Some(
        Problem::warning(Code::UnusedSection, message)
            .at(section.place())
            .section(section.name())
            .label(first.place(), "this one is loaded")
            .help("give it another name, or remove it"),
    )
}

/// `pipeline = a b # c`: there are no comments behind a value.
pub(super) fn comments(section: Section<'_>) -> Vec<Problem> {
    const NAMES: [&str; 5] = ["pipeline", "use", "next", "filter-with", "require"];
    let names = section.entries().filter(|entry| {
        NAMES.contains(&entry.name())
            || entry.name().starts_with("paste.") && declared(section.name()).is_some()
    });
    let marked = names.filter_map(|entry| {
        let mut words = split(entry.raw());
        let mark = words.find(|word| word.starts_with(['#', ';']))?;
        let place = entry.value_place();
        let at = place.text().find(mark)?;
        let message = format!("`{}` begins no comment here: it is part of the value", &mark[..1]);
        Some(
            Problem::warning(Code::InlineComment, message)
                .at(place.narrow(at..at + mark.len()))
                .section(section.name())
                .key(entry.name())
                .help("write comments on lines of their own"),
        )
    });
    marked.collect()
}
