//! What curl, h2load, httpwg and a browser see of the real binary over real sockets, most of it with the file at the
//! top of the repository; and what Neovim sees of it.
//!
//! ```text
//! cargo test --package impasto-tests --test clients -- --ignored
//! ```

/// Which app gets a request, and where that app believes to be.
mod mounts;

/// Files: redirects, ranges, conditions.
mod files;

/// What the filters of the API do to requests and answers.
mod filters;

/// What pages of other sites may do, by a browser.
mod browser;

/// What a browser draws of the graph of a file.
mod picture;

/// What an editor makes of the language server, by Neovim.
mod neovim;

/// HTTP/1.1, HTTP/2, unix sockets, many requests, large ones.
mod protocols;

/// Clients that leave, and servers that stop.
mod endings;

/// curl, and what it got.
mod curl;

/// h2load, and what it counted.
mod h2load;

/// Faults of HTTP/2, by httpwg.
mod httpwg;

use impasto_tests::server::{Server, shipped};

/// Serves the file at the top of the repository on a free port.
fn serve_shipped() -> Server {
    serve(&shipped())
}

fn serve(text: &str) -> Server {
    Server::start(env!("CARGO_BIN_EXE_impasto-tests"), text, &[])
}
