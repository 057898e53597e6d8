//! What to say of a name that leads nowhere, or to several sections.

use super::frame::Frame;
use super::kind::noun;
use crate::ini::budget::Budget;
use crate::problem::{Code, Lacks, Problem, certain, first_line, nearest};
use crate::registry::Group;

/// There is no section of the name that option `key` holds; says which there are.
pub(super) fn missing(
    frame: &Frame,
    group: Group,
    name: Option<&str>,
    key: Option<&str>,
    budget: &Budget,
) -> Problem {
    let file = &frame.file;
    let document = &file.document;
    let shown = name.unwrap_or("main");
    let (noun, file_name) = (noun(group), document.source().name());
    let lacks = |near| Some(Box::new(Lacks { name: shown.to_owned(), group, near }));
    let error = |message: String| Problem {
        lacks: lacks(None),
        ..Problem::error(Code::MissingSection, message)
    };
    if shown.is_empty() {
        return error(format!("this should name {}, and is empty", group.a()));
    }
    let line = first_line(shown);
    let others = [Group::App, Group::Filter, Group::Server].into_iter();
    let found = others.filter(|other| *other != group).find_map(|other| {
        let at = *file.index.find(document, other, name).first()?;
        Some((other, document.section_at(at)))
    });
    if let Some((other, section)) = found {
        let message = format!(
            "there is no {noun} `{line}` in {file_name}: [{}] is {}",
            section.name(),
            other.a()
        );
        let problem = error(message).label(section.place(), format!("this is {}", other.a()));
        return match instead(other, key) {
            Some(help) => problem.help(help),
            None => problem,
        };
    }
    let message = match group {
        Group::App => format!("there is no app `{line}` in {file_name}"),
        _ => format!("there is no [{noun}:{line}] in {file_name}"),
    };
    let problem = match misread(shown) {
        Some(help) => error(message).help(help),
        None => error(message),
    };
    let Some(names) = budget.names(shown, || file.index.names(document, group)) else {
        return problem;
    };
    let first = crate::ini::split(shown).next().filter(|first| *first != shown);
    let known = first.and_then(|first| names.iter().find(|name| **name == first));
    match known.copied().or_else(|| nearest(shown, names.iter().copied())) {
        Some(near) => {
            let is_certain = certain(shown, names.iter().copied()).is_some();
            let found = file.index.find(document, group, Some(near));
            let at = found.first().map(|at| document.section_at(*at).place());
            let problem = Problem { lacks: lacks(at), ..problem };
            match shown.starts_with('\n') && known.is_some() {
                // What stands there is right, only its place is not.
                true => problem,
                false => problem.meant(shown, near, is_certain),
            }
        }
        None if names.is_empty() => problem.help(format!("the file has no {noun}s")),
        None if names.len() <= 12 => {
            problem.help(format!("the {noun}s of the file are {}", names.join(", ")))
        }
        None => problem,
    }
}

/// What to do with something of another kind, as seen from the option that names it.
fn instead(found: Group, key: Option<&str>) -> Option<&'static str> {
    match (found, key?) {
        (Group::App, "pipeline") => Some("only the last name of a pipeline is an app"),
        (Group::Filter, "pipeline") => Some("the last name of a pipeline is its app"),
        (Group::Filter, _) => Some("name a filter in a `pipeline` or a `filter-with`"),
        _ => None,
    }
}

/// Why a name may be longer than its author thinks.
fn misread(name: &str) -> Option<&'static str> {
    if name.starts_with('\n') {
        Some("the line end before it is part of the name: write it in the line of the option")
    } else if name.starts_with(['#', ';']) {
        Some("there are no comments behind a value: write them on lines of their own")
    } else if name.contains(crate::ini::is_space) && !name.contains('\n') {
        Some("this is one name, with its spaces; only `pipeline` takes several")
    } else if name.ends_with(',') {
        Some("the comma is part of the name: only white space parts names")
    } else {
        None
    }
}

/// There are several sections of this name.
pub(super) fn ambiguous(frame: &Frame, name: Option<&str>, found: &[u32]) -> Problem {
    let section = |at: &u32| frame.file.document.section_at(*at);
    let names: Vec<String> = found.iter().map(|at| format!("[{}]", section(at).name())).collect();
    let shown = name.unwrap_or("main");
    let message = format!("`{shown}` may mean any of {}", names.join(", "));
    let problem = Problem::error(Code::AmbiguousSection, message)
        .help("give all but one of them other names");
    found.iter().fold(problem, |problem, at| problem.label(section(at).place(), "one of them"))
}
