//! PasteDeploy for Rust.

pub mod ini;
mod loader;
mod problem;

pub use loader::{Conf, Origin, Rule, Value};
pub use problem::{Code, Need, Place, Problem, Problems, Severity, Source, nearest};
