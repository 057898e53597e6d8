//! From a file to apps.

mod composite;
mod conf;

pub use composite::CompositeLoader;
#[allow(unused_imports, reason = "the loader implements it")]
pub(crate) use composite::Parts;
#[cfg(test)]
pub(crate) use conf::Written;
pub use conf::{Conf, Origin, Rule, Value};
