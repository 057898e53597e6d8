//! Problems in the forms of other tools.

mod github;
mod sarif;

pub use github::github;
pub use sarif::sarif;
