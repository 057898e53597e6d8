//! impasto with one filter more: a distribution of one's own.

use custom_filter as _;
use impasto_filters as _;

fn main() -> std::process::ExitCode {
    impasto_cli::main()
}
