//! Clients that hold connections and say little, and what others notice of them.
//!
//! With slowhttptest and testssl.sh, which look from outside:
//!
//! ```sh
//! cargo test --release --package impasto-tests --test attacks -- --ignored --nocapture --test-threads 1
//! ```

/// Connections on which nothing comes, in every state that a server waits in.
mod silent;

/// slowhttptest.
mod slow;

/// testssl.sh.
mod encryption;

/// Who is attacked, and who is served meanwhile.
mod good;
