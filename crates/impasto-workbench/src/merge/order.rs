//! The order of what comes from two sides.

use std::collections::HashSet;
use std::hash::Hash;

/// The order of `new`, or that of `mine` where only that has changed since `old`; what only the other side has stands
/// behind what comes before it there.
pub(super) fn merged<K: Copy + Eq + Hash>(old: &[K], new: Vec<K>, mine: Vec<K>) -> Vec<K> {
    let is_as_before = |side: &[K]| {
        let known: HashSet<&K> = side.iter().collect();
        let stayed: Vec<&K> = old.iter().filter(|key| known.contains(key)).collect();
        let known: HashSet<&K> = stayed.iter().copied().collect();
        side.iter().filter(|key| known.contains(key)).eq(stayed)
    };
    match is_as_before(&new) && !is_as_before(&mine) {
        true => order(mine, new),
        false => order(new, mine),
    }
}

/// All of `first` in its order, and what only `second` has behind what comes before it there.
pub(super) fn order<K: Copy + Eq + Hash>(first: Vec<K>, second: Vec<K>) -> Vec<K> {
    let mut known: HashSet<K> = first.iter().copied().collect();
    let mut all = first;
    let mut before = None;
    for key in second {
        if known.insert(key) {
            let at = before.and_then(|before| all.iter().position(|known| *known == before));
            all.insert(at.map_or(0, |at| at + 1), key);
        }
        before = Some(key);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mine_stays_behind_what_was_before_it() {
        assert_eq!(
            order(vec!['a', 'b', 'c'], vec!['x', 'b', 'y', 'z', 'a']),
            ['x', 'a', 'b', 'y', 'z', 'c']
        );
        assert_eq!(order(vec![], vec!['x', 'y']), ['x', 'y']);
    }

    #[test]
    fn an_order_that_one_side_has_changed_is_kept() {
        let of = |new: &str, mine: &str| -> String {
            let list = |text: &str| text.chars().collect::<Vec<_>>();
            merged(&['a', 'b', 'c'], list(new), list(mine)).into_iter().collect()
        };
        assert_eq!(of("abxc", "cab"), "cabx");
        assert_eq!(of("cab", "abxc"), "cabx");
        assert_eq!(of("cba", "bac"), "cba", "both have changed it");
    }
}
