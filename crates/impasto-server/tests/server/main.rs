//! The server over real sockets.

/// The server under test and clients for it.
mod support;

/// No file descriptors left.
mod descriptors;
/// Keep-alive, pipelining, bodies, broken answers.
mod http1;
/// Prior knowledge, GOAWAY, limits.
mod http2;
/// Addresses of every kind, and what cannot be listened on.
mod listening;
/// Clients that are slow, silent or gone.
mod patience;
/// What sections say.
mod settings;
/// Graceful and sudden ends.
mod stopping;
/// Encrypted connections.
mod tls;
