//! The `impasto` binary: the commands, and the factories that come with impasto.
//!
//! For a distribution of your own, copy these lines and add a `use` for every crate whose factories
//! your files name; a crate that nothing names is not linked. The allocator and its pages are a matter
//! of speed and memory only.

use impasto_filters as _;

/// Reading a file is many small allocations, and so is a request: the system's allocator takes a tenth longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // It asks for huge pages, with which a small server takes 18 MB instead of 11. Workers inherit this;
    // a kernel that does not know it has none.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    impasto_cli::main()
}
