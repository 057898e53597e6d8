//! Paths of a urlmap that look different and are one.

use super::context::Context;
use super::expand::Composite;
use crate::problem::{Code, Problem};

/// The options of a urlmap that come to the mount of an option before them, whose app they replace.
pub(super) fn problems(context: &Context) -> Vec<Problem> {
    let composite = context.composite();
    if !matches!(composite, Some(Composite::UrlMap | Composite::VersionedUrlMap)) {
        return Vec::new();
    }
    let mut mounts: foldhash::HashMap<Mount, (&str, _)> = foldhash::HashMap::default();
    let options = context.local_conf().iter().filter(|(name, _)| *name != "not_found_app");
    let replaced = options.filter_map(|(name, value)| {
        let origin = value.origin();
        let (first, place) = mounts.insert(mount(name)?, (name, origin.key_place()))?;
        let message = format!("`{name}` is the same mount as `{first}`, whose app it replaces");
        let problem = Problem::warning(Code::LostSettings, message)
            .at(origin.key_place())
            .section(origin.section().unwrap_or_default())
            .key(name)
            .help("remove one of the two");
        Some(match place {
            Some(place) => problem.label(place, "this one is replaced"),
            None => problem,
        })
    });
    replaced.collect()
}

/// Host, port, and the segments of the path.
type Mount = (String, String, Vec<String>);

/// Where a path expression (`domain HOST port PORT /path`) mounts; `None` for one that is wrong. How it is
/// written in full is for who composes it to say; here empty segments, the order of its parts and the
/// case of its host make no difference.
fn mount(expression: &str) -> Option<Mount> {
    let (mut host, mut port, mut path) = Mount::default();
    let mut words = expression.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "domain" => host = words.next()?.to_ascii_lowercase(),
            "port" => port = words.next()?.to_owned(),
            _ if word.starts_with('/') => {
                path.extend(word.split('/').filter(|it| !it.is_empty()).map(str::to_owned));
            }
            _ => return None,
        }
    }
    (port.is_empty() || !host.is_empty()).then_some((host, port, path))
}
