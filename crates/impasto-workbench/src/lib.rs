//! What an operator's tools know about a configuration, as functions.
//!
//! Each part is a walk over what [`impasto`] makes of a file: the text, the tree of contexts, or the
//! stack that runs. None of it is needed to serve, so a service links none of it; the commands of
//! `impasto` are thin shells around it.

mod fix;
pub mod report;
mod write;

pub use fix::{Fixed, fix};
pub use write::replace;
