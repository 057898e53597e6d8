//! The `impasto` binary: the commands, and the factories that come with impasto.
//!
//! For a distribution of your own, copy these lines and add a `use` for every crate whose factories
//! your files name; a crate that nothing names is not linked.

use impasto_filters as _;

fn main() -> std::process::ExitCode {
    impasto_cli::main()
}
