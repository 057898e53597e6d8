//! TLS: from the files that settings name to what serves a handshake.

mod acceptor;
mod certificate;
mod contents;
mod error;
mod files;
mod handshake;
mod live;
mod pem;
mod pending;
mod resolver;
mod warning;

pub use acceptor::Acceptor;
pub use contents::TlsContents;
pub use error::{TlsError, TlsErrors, TlsFault};
pub use files::{Read, TlsFiles};
pub use live::TlsLive;
pub use warning::{TlsConcern, TlsWarning};

pub(crate) use handshake::{Secured, agreed, told};
