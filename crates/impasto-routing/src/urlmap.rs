//! Apps by path and host, as Paste's urlmap has them, and nova's, which also goes by versions.

mod expression;
mod mounts;
mod prefix;
mod version;

pub use expression::{Expression, Host};
pub use mounts::{Mount, Mounts, Refusal};
pub use version::Way;
