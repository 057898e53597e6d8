//! Every path that a request may take to something.

use crate::stack::{End, Way};

/// A way to something: the composites and their choices on it, and the filters, outermost first.
pub(super) struct Path {
    pub(super) filters: Vec<String>,
    /// `main /v2.1 auth backend`
    pub(super) told: String,
}

/// The paths to `section` (a name, or as between the brackets) that `way` has; without one, to everything that
/// answers. Filters that belong to the section are on the path, and what lies behind it is not.
pub(super) fn paths(way: &Way, section: Option<&str>) -> Vec<Path> {
    let mut paths = Vec::new();
    let mut ways: Vec<(Vec<String>, Vec<String>, &Way)> = vec![(Vec::new(), Vec::new(), way)];
    while let Some((mut filters, mut told, way)) = ways.pop() {
        let names = way.filters.iter().map(|filter| filter.name());
        filters.extend(names.clone());
        told.extend(names);
        let is_there = match section {
            Some(section) => way.sections.iter().any(|found| is(found, section)),
            None => matches!(way.end, End::App(_)),
        };
        match &way.end {
            End::App(app) => told.push(app.name()),
            End::Fork(fork) => told.push(fork.layer.name()),
            End::Broken(_) => {}
        }
        if is_there {
            paths.push(Path { filters: filters.clone(), told: told.join(" ") });
        }
        if let End::Fork(fork) = &way.end {
            for branch in fork.branches.iter().rev() {
                let Some(way) = &branch.way else { continue };
                let told = told.iter().cloned().chain([format!("({})", branch.option)]);
                ways.push((filters.clone(), told.collect(), way));
            }
        }
    }
    paths
}

/// Whether `wanted` means the section `found`.
fn is(found: &str, wanted: &str) -> bool {
    let name = found.split_once(':').map_or(found, |(_, name)| name.trim());
    found == wanted || name == wanted
}
