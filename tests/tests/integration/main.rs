//! What the crates do together.

use impasto_filters as _;
use impasto_server as _;

/// Large files, long ways, circles.
mod deep;
/// Which crate may know which.
mod dependencies;
/// What a program does with a file.
mod library;
/// Wrong files, and what is said of each.
mod problems;
/// What is never shown.
mod secrets;
