//! The server over real sockets.

/// The server under test and clients for it.
mod support;

/// No file descriptors left.
mod descriptors;
/// Requests that can be read in two ways.
mod gate;
/// Keep-alive, pipelining, bodies, broken answers.
mod http1;
/// Prior knowledge, GOAWAY, limits.
mod http2;
/// Requests that are too large, too slow or too many.
mod limits;
/// Addresses of every kind, and what cannot be listened on.
mod listening;
/// Clients that are slow, silent or gone.
mod patience;
/// The PROXY protocol.
mod proxies;
/// Connections that rest between requests.
mod resting;
/// What sections say.
mod settings;
/// Graceful and sudden ends.
mod stopping;
/// Encrypted connections.
mod tls;
