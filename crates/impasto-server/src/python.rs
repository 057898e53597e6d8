//! The server sections of Python files.

mod gunicorn;
mod paste;
mod unused;
mod waitress;

pub use gunicorn::{Bind, CertReqs, Gunicorn, Protocol};
pub use paste::Paste;
pub use unused::Unused;
pub use waitress::Waitress;
