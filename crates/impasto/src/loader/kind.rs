//! The object types of PasteDeploy, the sections that declare them and the keys that make them.

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
