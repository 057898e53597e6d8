//! `impasto serve` over real sockets, with clients that are part of the tests.

/// What listens where, and what does not start.
mod listening;

/// What is written in the file, and what is served.
mod files;

/// Requests and answers.
mod requests;

/// Stops.
mod stopping;

/// Certificates, and reloads that change them.
mod tls;

/// A client for HTTP/1.1 and HTTP/2.
mod client;

use impasto_tests::server::Server;

fn serve(text: &str, words: &[&str]) -> Server {
    Server::start(env!("CARGO_BIN_EXE_impasto-tests"), text, words)
}
