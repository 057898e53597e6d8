//! The order of what comes from two sides.

use std::collections::HashSet;
use std::hash::Hash;

/// All of `new` in its order, and what only `mine` has behind what comes before it there.
pub(super) fn order<K: Copy + Eq + Hash>(new: Vec<K>, mine: Vec<K>) -> Vec<K> {
    let mut known: HashSet<K> = new.iter().copied().collect();
    let mut all = new;
    let mut before = None;
    for key in mine {
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
    use super::order;

    #[test]
    fn what_is_mine_stays_behind_what_was_before_it() {
        assert_eq!(
            order(vec!['a', 'b', 'c'], vec!['x', 'b', 'y', 'z', 'a']),
            ['x', 'a', 'b', 'y', 'z', 'c']
        );
        assert_eq!(order(vec![], vec!['x', 'y']), ['x', 'y']);
    }
}
