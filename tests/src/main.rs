//! The commands, with the factories that come with impasto, as a process for the tests.

use impasto_filters as _;

fn main() -> std::process::ExitCode {
    impasto_cli::main()
}
