//! The object types of PasteDeploy, the sections that declare them and the keys that make them.

use super::frame::Frame;
use crate::problem::{Code, Problem};
use crate::registry::Group;

/// The prefixes of sections by which an object is looked up, in sets of spellings.
pub(crate) fn prefixes(group: Group) -> &'static [&'static [&'static str]] {
    match group {
        Group::App => {
            &[&["app", "application"], &["composite", "composit"], &["pipeline"], &["filter-app"]]
        }
        Group::Filter => &[&["filter"]],
        Group::Server => &[&["server"]],
    }
}

/// All prefixes, and as what a section that has one is looked up.
pub(crate) fn kinds() -> impl Iterator<Item = (&'static str, Group)> {
    let of = |group| prefixes(group).iter().flat_map(|set| *set).map(move |kind| (*kind, group));
    Group::ALL.into_iter().flat_map(of)
}

/// The explicit keys of each object type, in sets of which a section may use one.
pub(crate) fn protocols(group: Group) -> &'static [&'static [&'static str]] {
    match group {
        Group::App => {
            &[&["paste.app_factory"], &["paste.composite_factory"], &["paste.composit_factory"]]
        }
        Group::Filter => &[&["paste.filter_factory", "paste.filter_app_factory"]],
        Group::Server => &[&["paste.server_factory", "paste.server_runner"]],
    }
}

/// The protocol of an `egg:` reference. Only Python's entry points could say it for sure; this is
/// what they say wherever a package keeps to the kind of section that refers to it.
pub(crate) fn egg_protocol(group: Group, used_by: Option<&str>) -> &'static str {
    match group {
        Group::App => match used_by.map(prefix) {
            Some("composite" | "composit") => "paste.composite_factory",
            _ => "paste.app_factory",
        },
        Group::Filter => "paste.filter_factory",
        Group::Server => "paste.server_factory",
    }
}

/// The protocol that a section gives to a `call:` reference.
pub(crate) fn call_protocol(section: &str) -> &'static str {
    match prefix(section) {
        "composite" | "composit" => "paste.composit_factory",
        "filter" => "paste.filter_factory",
        "server" => "paste.server_factory",
        "filter-app" => "paste.filter-app_factory",
        "pipeline" => "paste.pipeline_factory",
        _ => "paste.app_factory",
    }
}

fn prefix(section: &str) -> &str {
    section.split_once(':').map_or(section, |(prefix, _)| prefix)
}

/// What a group is called in messages.
pub(crate) fn noun(group: Group) -> &'static str {
    match group {
        Group::App => "app",
        Group::Filter => "filter",
        Group::Server => "server",
    }
}

/// There is no section of the name that option `key` holds; says which there are.
pub(crate) fn missing(
    frame: &Frame,
    group: Group,
    name: Option<&str>,
    key: Option<&str>,
) -> Problem {
    let file = &frame.file;
    let document = &file.document;
    let shown = name.unwrap_or("main");
    let (noun, file_name) = (noun(group), document.source().name());
    if shown.is_empty() {
        let message = format!("this should name {}, and is empty", group.a());
        return Problem::error(Code::MissingSection, message);
    }
    let line = crate::problem::first_line(shown);
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
        let problem = Problem::error(Code::MissingSection, message)
            .label(section.place(), format!("this is {}", other.a()));
        return match instead(other, key) {
            Some(help) => problem.help(help),
            None => problem,
        };
    }
    let message = match group {
        Group::App => format!("there is no app `{line}` in {file_name}"),
        _ => format!("there is no [{noun}:{line}] in {file_name}"),
    };
    let problem = Problem::error(Code::MissingSection, message);
    let problem = match misread(shown) {
        Some(help) => problem.help(help),
        None => problem,
    };
    let names = super::index::names(document, group);
    let first = crate::ini::split(shown).next().filter(|first| *first != shown);
    let known = first.and_then(|first| names.iter().find(|name| **name == first));
    match known.copied().or_else(|| crate::nearest(shown, names.iter().copied())) {
        Some(near) => {
            let is_certain = crate::problem::certain(shown, names.iter().copied()).is_some();
            problem.meant(shown, near, is_certain)
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
    if name.starts_with(['#', ';']) {
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
pub(crate) fn ambiguous(frame: &Frame, name: Option<&str>, found: &[u32]) -> Problem {
    let section = |at: &u32| frame.file.document.section_at(*at);
    let names: Vec<String> = found.iter().map(|at| format!("[{}]", section(at).name())).collect();
    let shown = name.unwrap_or("main");
    let message = format!("`{shown}` may mean any of {}", names.join(", "));
    let problem = Problem::error(Code::AmbiguousSection, message)
        .help("give all but one of them other names");
    found.iter().fold(problem, |problem, at| problem.label(section(at).place(), "one of them"))
}
