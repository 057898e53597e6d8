//! x
/// Runs.
pub fn main() {}
