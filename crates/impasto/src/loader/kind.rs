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

/// There is no section of this name; says which there are.
pub(crate) fn missing(frame: &Frame, group: Group, name: Option<&str>) -> Problem {
    let file = &frame.file;
    let shown = name.unwrap_or("main");
    let noun = noun(group);
    let message = match group {
        Group::App => format!(
            "there is no app `{shown}` in {}: no [app:{shown}], [composite:{shown}], \
             [pipeline:{shown}] or [filter-app:{shown}]",
            file.document.source().name()
        ),
        _ => format!("there is no [{noun}:{shown}] in {}", file.document.source().name()),
    };
    let problem = Problem::error(Code::MissingSection, message);
    let other = [Group::App, Group::Filter, Group::Server]
        .into_iter()
        .find(|&other| other != group && !file.index.find(&file.document, other, name).is_empty());
    if let Some(other) = other {
        let at = file.index.find(&file.document, other, name)[0];
        let section = file.document.section_at(at);
        let text = format!("[{}] is of another kind", section.name());
        return problem.label(section.place().clone(), text);
    }
    let names = super::index::names(&file.document, group);
    match crate::nearest(shown, names.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => problem.help(format!("the file has no {noun}s")),
        None if names.len() <= 12 => {
            problem.help(format!("the {noun}s of the file are {}", names.join(", ")))
        }
        None => problem,
    }
}

/// There are several sections of this name.
pub(crate) fn ambiguous(frame: &Frame, name: Option<&str>, found: &[usize]) -> Problem {
    let section = |at: &usize| frame.file.document.section_at(*at);
    let names: Vec<String> = found.iter().map(|at| format!("[{}]", section(at).name())).collect();
    let shown = name.unwrap_or("main");
    let message = format!("`{shown}` may mean any of {}", names.join(", "));
    found.iter().fold(Problem::error(Code::AmbiguousSection, message), |problem, at| {
        problem.label(section(at).place().clone(), "one of them")
    })
}
