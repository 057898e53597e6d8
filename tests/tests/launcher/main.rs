//! The launcher as processes: what clients see while it reloads, replaces and stops.
//!
//! In their short form these tests take some minutes. `IMPASTO_LONG=1` makes them as long as it takes to
//! be sure, which is best done with optimisations:
//!
//! ```sh
//! IMPASTO_LONG=1 cargo test --release --package impasto-tests --test launcher -- --nocapture --test-threads 1
//! ```

/// Reloads that exchange stacks.
mod reloads;

/// Files that cannot be served.
mod broken;

/// Reloads that need other processes.
mod generations;

/// TLS that is switched on and off, and other certificates.
mod tls;

/// Another binary in the place of this one.
mod upgrades;

/// Which worker has which connections.
mod sharing;

/// Workers and masters that are killed.
mod kills;

/// Workers that hang, and those that only seem to.
mod hung;

/// Stops.
mod stopping;

/// Many signals.
mod signals;

/// What does not start.
mod starting;

/// Secret files.
mod secrets;

/// What a process may run out of.
mod exhausted;

/// What the tests here serve, and how they wait.
mod support;
