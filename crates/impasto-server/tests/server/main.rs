//! The server over real sockets.

/// Certificates and who signs them.
mod certificates;
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
/// Handshakes, names, protocols, certificates of clients.
mod tls;
/// TLS files that are good, bad, or almost good.
mod tls_files;
/// Handshakes that stall, and certificates that change under many.
mod tls_load;
