//! What can go wrong with a request.

use std::io::{self, ErrorKind};

/// The ways of a request to fail, as its client sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// Nobody listens.
    Refused,
    /// No encryption was agreed on.
    Handshake,
    /// `RST`, before or in the answer.
    Reset,
    /// The connection ended in order, but without an answer.
    Closed,
    /// It ended in the middle of an answer.
    Truncated,
    /// A stream or a whole connection was given up by an HTTP/2 server.
    Cancelled,
    /// Another status than 200.
    Status(u16),
    /// Not what was to come.
    Body,
    /// An answer by a stack that had been replaced when the request was sent.
    Stale,
    /// Nothing came for long.
    Timeout,
    /// Anything else.
    Other,
}

impl Failure {
    pub(super) fn of_connecting(error: &io::Error) -> Failure {
        match error.kind() {
            ErrorKind::ConnectionRefused => Failure::Refused,
            ErrorKind::ConnectionReset => Failure::Reset,
            ErrorKind::TimedOut => Failure::Timeout,
            _ => Failure::Other,
        }
    }
}
