//! Two texts beside each other, as `diff -u` shows them.

use similar::TextDiff;

/// The lines that differ between two texts of the file `name`, with three lines around them, in the unified
/// format that `patch` reads; empty when they are the same.
pub fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    diff.unified_diff().header(name, name).to_string()
}
