//! Problems, as an editor shows them beside the text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use impasto::{Place, Problem, Problems, Source};

use super::hover::short;

/// A problem at its place.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// What is wrong, and what would be right.
    pub message: String,
    /// Places that explain it: those that the problem names, and the references that led there.
    pub related: Vec<(Place, String)>,
    /// The problem itself.
    pub problem: Problem,
}

/// More than so many in a file help nobody.
const MOST: usize = 500;

/// The problems of a load of the file at `path`, by the file that they are in; those that no file says are at its
/// beginning. No more than 500 in each: the last says how many are left out.
pub fn diagnostics(path: &Path, problems: Problems) -> BTreeMap<PathBuf, Vec<Diagnostic>> {
    let mut found: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    let mut left_out: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for problem in problems {
        let diagnostic = diagnostic(path, problem);
        let file = PathBuf::from(diagnostic.place.file());
        let list = found.entry(file.clone()).or_default();
        match list.len() < MOST {
            true => list.push(diagnostic),
            false => *left_out.entry(file).or_default() += 1,
        }
    }
    for (file, count) in left_out {
        if let Some(last) = found.get_mut(&file).and_then(|list| list.last_mut()) {
            last.message.push_str(&format!("\n{count} more problems are not shown"));
        }
    }
    found
}

fn diagnostic(path: &Path, problem: Problem) -> Diagnostic {
    let own = || Place::new(&Source::new(path.to_string_lossy(), ""), 0..0);
    let place = problem.place.clone().unwrap_or_else(own);
    let mut lines = vec![short(path, &problem.message)];
    lines.extend(problem.help.iter().map(|help| format!("help: {}", short(path, help))));
    let labels = problem.labels.iter().map(|(place, text)| (place.clone(), text.clone()));
    let needs = problem.needed_by.iter().filter_map(|need| {
        let place = need.place.clone()?;
        Some((place, format!("needed by `{}` of [{}]", need.key, need.section)))
    });
    // The place itself explains nothing.
    let is_other = |other: &Place| {
        !Arc::ptr_eq(other.source(), place.source()) || other.span() != place.span()
    };
    let related = labels.chain(needs).filter(|(place, _)| is_other(place)).collect();
    Diagnostic { message: lines.join("\n"), related, place, problem }
}
