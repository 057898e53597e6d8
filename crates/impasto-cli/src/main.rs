//! The `impasto` binary: the commands, and the factories that come with impasto.
//!
//! For a distribution of your own, copy these lines and add a `use` for every crate whose factories
//! your files name; a crate that nothing names is not linked. The allocator is a matter of speed only.

use impasto_filters as _;

/// Reading a file is many small allocations, and so is a request: the system's allocator takes a tenth longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    impasto_cli::main()
}
