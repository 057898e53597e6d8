//! What the tests of the workspace share.

pub mod certificates;
pub mod fixtures;
pub mod load;
pub mod oracle;
pub mod processes;
pub mod server;
pub mod transcript;
