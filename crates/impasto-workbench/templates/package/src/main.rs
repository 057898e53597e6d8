//! The commands of impasto, with the filters of this crate and those that come with impasto.
//!
//! Each crate whose factories a file names has a `use` here; one that nothing names is not linked.

use impasto_filters as _;

use @LIB@ as _;

fn main() -> std::process::ExitCode {
    impasto_cli::main()
}
