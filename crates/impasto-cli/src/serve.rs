//! `impasto serve`

mod address;
mod plan;
mod running;

use std::io;

use clap::Args;
use impasto::{Loader, Problems, Severity};
use tokio::runtime::Runtime;

use crate::exit::Exit;
use crate::output::complain_of;
use crate::words::{Named, Words};
use plan::Service;

/// Serves the apps of a file.
///
/// Each app is served by the section `[server:NAME]` of its own name, else by `[server:main]`, else on
/// 127.0.0.1:8080. Where it listens is printed when it does. What is wrong with anything the apps need
/// is shown before anything is started; what is wrong elsewhere in the file is a warning in the log.
///
/// TERM finishes the requests in flight first, INT (Ctrl-C) and QUIT do not.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    #[command(flatten)]
    words: Named,
}

const EXAMPLES: &str = "\
Examples:
  impasto serve                          app `main` of api-paste.ini
  impasto serve /etc/app/paste.ini       app `main` of another file
  impasto serve nova.ini public admin    two apps, with [server:public] and [server:admin]
  impasto serve api-paste.ini debug=on   with a global that the file refers to as %(debug)s

Exit codes: 0 after a graceful stop, 1 when requests were cut, 4 when the configuration is
wrong, 5 when an address cannot be listened on.";

impl Serve {
    pub(crate) fn run(self) -> io::Result<Exit> {
        let words = self.words.words();
        let runtime = Runtime::new()?;
        let exit = match services(&words, &runtime) {
            Ok(services) => runtime.block_on(running::run(services))?,
            Err(problems) => {
                complain_of(&problems)?;
                Exit::Configuration
            }
        };
        // What an app left running must not keep the process.
        runtime.shutdown_background();
        Ok(exit)
    }
}

/// Creates what is served. Factories may ask for the runtime, so they are called in its context.
fn services(words: &Words, runtime: &Runtime) -> Result<Vec<Service>, Problems> {
    let _entered = runtime.enter();
    let loader = words.open()?;
    let services = plan::services(&loader, &words.names)?;
    warn_of_the_rest(&loader);
    Ok(services)
}

/// Logs what is wrong with the parts of a file that are not served: the parts that are have no errors.
fn warn_of_the_rest(loader: &Loader) {
    let checked = loader.check();
    for problem in checked.iter().filter(|problem| problem.severity == Severity::Error) {
        let place = problem.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        tracing::warn!("{place}{} [{}]", problem.message, problem.code);
    }
}
