//! The commands, with the factories that come with impasto and those of the tests, as a process for
//! the tests.

use impasto_filters as _;

/// That of the `impasto` binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What only tests want to be served.
mod factories;

fn main() -> std::process::ExitCode {
    impasto_cli::main()
}
