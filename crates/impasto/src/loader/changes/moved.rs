//! What has another place among those that stayed.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// The positions in `new` of what was in `old`, and of which it cannot be said that the others were moved instead.
/// Each stands in a list once.
pub(super) fn moved<T: Eq + Hash>(old: &[T], new: &[T]) -> Vec<usize> {
    let places: HashMap<&T, usize> = old.iter().enumerate().map(|(at, it)| (it, at)).collect();
    let stayed: Vec<(usize, usize)> =
        new.iter().enumerate().filter_map(|(at, it)| Some((at, *places.get(it)?))).collect();
    // Whoever is not in the longest run whose old places still rise.
    let rise = longest_rise(&stayed.iter().map(|(_, place)| *place).collect::<Vec<_>>());
    let moved = stayed.iter().enumerate().filter(|(at, _)| !rise.contains(at));
    moved.map(|(_, (at, _))| *at).collect()
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
