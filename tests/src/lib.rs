//! What the tests of the workspace share.

pub mod certificates;
pub mod editor;
pub mod fixtures;
pub mod load;
pub mod oracle;
pub mod processes;
pub mod server;
pub mod transcript;

/// The Rust of the guides.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../../docs/guides/writing-a-filter.md")]
    pub struct WritingAFilter;
    #[doc = include_str!("../../docs/guides/from-axum.md")]
    pub struct FromAxum;
}
