//! What the crates do together.

use impasto_filters as _;
use impasto_server as _;

/// Wrong files, and what is said of each.
mod problems;
