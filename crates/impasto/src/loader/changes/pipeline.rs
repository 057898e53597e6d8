//! How one pipeline becomes another.

use std::collections::{HashMap, HashSet};

use super::Difference;
use super::moved::moved;
use crate::ini::split;

impl Difference {
    /// How the pipeline `old` becomes `new`: what goes, what comes, what has another place, and another app
    /// at its end. `pipeline` is the option that they are values of.
    pub fn of_pipelines(pipeline: &str, old: &str, new: &str) -> Vec<Difference> {
        let (old, new): (Vec<&str>, Vec<&str>) = (split(old).collect(), split(new).collect());
        let mut found = Vec::new();
        let (old_app, new_app) = (old.last().copied(), new.last().copied());
        let (filters, new_filters) = (numbered(&old), numbered(&new));
        let name = |part: &Part<'_>| (pipeline.to_owned(), part.0.to_owned());
        let [known, kept] = [&filters, &new_filters].map(|all| all.iter().collect::<HashSet<_>>());
        for part in filters.iter().filter(|part| !kept.contains(part)) {
            let (pipeline, filter) = name(part);
            found.push(Difference::FilterRemoved { pipeline, filter });
        }
        let before = |at: usize| new[at + 1].to_owned();
        for (at, part) in new_filters.iter().enumerate() {
            if !known.contains(part) {
                let (pipeline, filter) = name(part);
                found.push(Difference::FilterAdded { pipeline, filter, before: before(at) });
            }
        }
        for at in moved(&filters, &new_filters) {
            let (pipeline, filter) = name(&new_filters[at]);
            found.push(Difference::FilterMoved { pipeline, filter, before: before(at) });
        }
        if old_app != new_app {
            let app = |app: Option<&str>| app.unwrap_or_default().to_owned();
            let (pipeline, old, new) = (pipeline.to_owned(), app(old_app), app(new_app));
            found.push(Difference::AppChanged { pipeline, old, new });
        }
        found
    }
}

/// A filter of a pipeline, and how many of the same come before it.
type Part<'a> = (&'a str, usize);

/// The filters among the words of a pipeline: all but the last.
fn numbered<'a>(words: &[&'a str]) -> Vec<Part<'a>> {
    let mut seen = HashMap::new();
    let number = |word: &&'a str| {
        let before = seen.entry(*word).or_insert(0);
        *before += 1;
        (*word, *before - 1)
    };
    words.split_last().map_or(Vec::new(), |(_, filters)| filters.iter().map(number).collect())
}
