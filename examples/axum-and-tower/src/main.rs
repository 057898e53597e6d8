//! impasto with an app and filters more.

use axum_and_tower as _;
use impasto_filters as _;

fn main() -> std::process::ExitCode {
    impasto_cli::main()
}
