//! The control socket: how `impasto reload`, `stop` and `status` speak to a running master.
//!
//! A master has a socket of mode 0600 in a directory that is its user's alone, under a name that comes
//! from the absolute path of its file. Whoever knows the file, or the master's pid, finds it:
//!
//! ```no_run
//! use std::path::Path;
//! use std::time::Duration;
//!
//! use impasto_server::control::{Reply, Request, find};
//!
//! # fn main() -> std::io::Result<()> {
//! let running = find(Path::new("/etc/app/api-paste.ini"))?;
//! if let Reply::Status(status) = running.ask(&Request::Status, Duration::from_secs(5))? {
//!     println!("{} has {} generations", status.pid, status.generations.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! One connection has one request and one reply, each a line of JSON.

mod client;
mod conversation;
mod directory;
mod find;
mod name;
mod peer;
mod server;
mod status;
mod times;
mod words;

#[cfg(test)]
mod tests;

pub use client::Running;
pub use find::{find, find_by_pid_file, find_pid};
pub use server::{Client, Control, NoControl};
pub use status::{GenerationState, GenerationStatus, LastReload, Phase, ServiceStatus, Status};
pub use status::{UpgradeStatus, WorkerState, WorkerStatus};
pub use words::{Outcome, Reply, Request, Verdict};
