//! From a file to apps.

mod conf;

pub use conf::{Conf, Origin, Rule, Value};
