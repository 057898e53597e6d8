//! Comments and blank lines.

use std::collections::HashSet;

use impasto::ini::lines;

/// As the side has them that changed them; where both did, what `new` has and what `mine` has added.
pub(super) fn merge(old: &str, new: &str, mine: &str) -> String {
    if mine == old || mine == new {
        return new.to_owned();
    }
    if new == old {
        return mine.to_owned();
    }
    let known: HashSet<&str> = lines(old).chain(lines(new)).map(|(_, line)| line.trim()).collect();
    let is_added = |line: &&str| !line.trim().is_empty() && !known.contains(line.trim());
    let added = mine.split_inclusive(['\n', '\r']).filter(is_added);
    std::iter::once(new).chain(added).collect()
}
