//! How one pipeline becomes another.

use std::collections::{HashMap, HashSet};

use super::Difference;
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
        let places: HashMap<Part<'_>, usize> =
            filters.iter().enumerate().map(|(place, part)| (*part, place)).collect();
        let kept: HashSet<Part<'_>> = new_filters.iter().copied().collect();
        for part in filters.iter().filter(|part| !kept.contains(part)) {
            let (pipeline, filter) = name(part);
            found.push(Difference::FilterRemoved { pipeline, filter });
        }
        let before = |at: usize| new[at + 1].to_owned();
        for (at, part) in new_filters.iter().enumerate() {
            if !places.contains_key(part) {
                let (pipeline, filter) = name(part);
                found.push(Difference::FilterAdded { pipeline, filter, before: before(at) });
            }
        }
        // Whoever stayed and is not in the longest run whose old places still rise has moved.
        let new_places = new_filters.iter().enumerate();
        let stayed: Vec<(usize, usize)> =
            new_places.filter_map(|(at, part)| Some((at, *places.get(part)?))).collect();
        let rise = longest_rise(&stayed.iter().map(|(_, place)| *place).collect::<Vec<_>>());
        let moved = stayed.iter().enumerate().filter(|(at, _)| !rise.contains(at));
        for (_, (at, _)) in moved {
            let (pipeline, filter) = name(&new_filters[*at]);
            found.push(Difference::FilterMoved { pipeline, filter, before: before(*at) });
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

/// The positions of a longest rising subsequence of different numbers, by patience sorting.
fn longest_rise(places: &[usize]) -> HashSet<usize> {
    // Where the lowest end of a rise of each length is, and what comes before each position in its own.
    let (mut ends, mut before) = (Vec::<usize>::new(), Vec::new());
    for (at, place) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    std::iter::successors(ends.last().copied(), |at| before[*at]).collect()
}
