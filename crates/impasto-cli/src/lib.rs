//! The commands of impasto, for its own binary and for yours.
//!
//! A program with factories of its own is these lines; each crate that is named here brings its
//! factories along:
//!
//! ```no_run
//! # /*
//! use impasto_filters as _;
//! use my_filters as _;
//! # */
//!
//! fn main() -> std::process::ExitCode {
//!     impasto_cli::main()
//! }
//! ```
//!
//! [`run`] is the same without a process around it:
//!
//! ```
//! use impasto_cli::{Exit, run};
//!
//! assert_eq!(run(["impasto", "list"]), Exit::Fine);
//! assert_eq!(run(["impasto", "check", "no-such-file.ini"]), Exit::Configuration);
//! assert_eq!(run(["impasto", "bake"]), Exit::Usage);
//! ```

mod asked;
mod check;
mod command;
mod complete;
mod diff;
mod edit;
mod exit;
mod explain;
mod fmt;
mod graph;
mod list;
mod locate;
mod log;
mod lsp;
mod manual;
mod master;
mod new;
mod output;
mod reference;
mod reload;
mod request;
mod resolve;
mod serve;
mod status;
mod stop;
mod test;
mod waiting;
mod words;

pub use exit::Exit;

use std::ffi::OsString;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;
use command::Command;

/// Runs the command that the process was started with, and gives its exit code.
///
/// `serve` starts the program once more for each worker: so nothing may come before this in `main` that
/// a worker should not do.
///
/// A shell that completes a command line is answered, and nothing run; `impasto --help` says how it is made to ask.
///
/// Logs to standard error, filtered by the environment variable `IMPASTO_LOG` or else `RUST_LOG`
/// (`info` when neither is set).
pub fn main() -> ExitCode {
    if let Some(exit) = complete::answer() {
        return exit.into();
    }
    log::to_stderr();
    impasto::install_panic_hook();
    impasto_server::init();
    run(std::env::args_os()).into()
}

/// Runs the command of a command line, whose first word is the name of the program.
///
/// Output goes to standard output and error. A panic of the command, or of a factory it calls, ends in
/// [`Exit::Internal`].
pub fn run<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> Exit {
    let command = match Command::try_parse_from(words) {
        Ok(command) => command,
        Err(error) => {
            // Nobody is left to tell when this fails.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Fine };
        }
    };
    let ended = catch_unwind(AssertUnwindSafe(|| command.run()));
    match ended {
        Ok(Ok(exit)) => exit,
        // `impasto list | head`
        Ok(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Fine,
        Ok(Err(error)) => {
            let _ = output::complain(format_args!("error: {error}"));
            Exit::Internal
        }
        Err(_panic) => {
            let _ =
                output::complain("error: impasto, or a factory it called, panicked; see the log");
            Exit::Internal
        }
    }
}
