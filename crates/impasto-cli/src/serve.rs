//! `impasto serve`

mod address;
mod alone;
mod plan;

use std::io;
use std::path::PathBuf;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use impasto::{Loader, Problems};
use impasto_server::{
    Address, Ended, Faults, Kind, Launcher, NotReread, Overrides, Service, can_launch,
};
use serde_json::json;
use tokio::runtime::Builder;

use crate::complete;
use crate::exit::Exit;
use crate::log::never_wait;
use crate::output::{complain, complain_of, print};
use crate::words::{Named, Words};

/// Serves the apps of a file.
///
/// Each app is served by the section `[server:NAME]` of its own name, else by `[server:main]`, else on
/// 127.0.0.1:8080. Where it listens is printed when it does. What is wrong with anything the apps need
/// is shown before anything is started; what is wrong elsewhere in the file is a warning in the log.
///
/// TERM finishes the requests in flight first, INT (Ctrl-C) and QUIT do not. HUP reads the files again
/// without losing a request; what is wrong is shown, and what was served is served on. TTIN and TTOU
/// start and end a worker, USR2 starts the binary anew in the place of this one.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    #[command(flatten)]
    words: Named,

    /// Where to listen, instead of what the file says; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<Address>,

    /// How many worker processes serve each app; 0 serves in this one, and nobody replaces it.
    #[arg(long, value_name = "N", value_parser = up_to_most(0))]
    workers: Option<usize>,

    /// How many threads each worker has.
    #[arg(long, value_name = "N", value_parser = up_to_most(1))]
    threads: Option<usize>,

    /// A file to hold the master's number while it runs.
    #[arg(long, value_name = "PATH", add = complete::any_file())]
    pid_file: Option<PathBuf>,

    /// Reload when a file that was read changes.
    #[arg(long)]
    watch: bool,

    /// Print where it listens for programs: a JSON object with `app` and `address` on each line.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  impasto serve                          app `main` of api-paste.ini
  impasto serve /etc/app/paste.ini       app `main` of another file
  impasto serve nova.ini public admin    two apps, with [server:public] and [server:admin]
  impasto serve api-paste.ini debug=on   with a global that the file refers to as %(debug)s

Exit codes: 0 after a graceful stop, 1 when requests were cut, 2 when the command line is wrong,
3 when workers cannot start, 4 when the configuration is wrong, 5 when an address cannot be
listened on, 70 after an internal error.";

impl Serve {
    pub(crate) fn run(self) -> io::Result<Exit> {
        // Before files are read, so that a signal that comes meanwhile is obeyed.
        let launcher = Launcher::new()?;
        let words = self.words.words();
        let Serve { listen, workers, threads, pid_file, watch, json, .. } = self;
        let overrides = Overrides { listen, workers, threads, pid_file };
        let launched =
            words.open().and_then(|loader| match wants_workers(&loader, &words, &overrides) {
                true => plan::services(&loader, &words.names, &overrides).map(Some),
                false => Ok(None),
            });
        if launched.is_ok() {
            never_wait();
        }
        match launched {
            Ok(Some(services)) => {
                launch(launcher, services, alone::Asked { words, overrides, watch, json })
            }
            Ok(None) => serve_alone(alone::Asked { words, overrides, watch, json }),
            Err(problems) => {
                // Factories may ask for one.
                let runtime = Builder::new_current_thread().enable_all().build()?;
                let faults = {
                    let _entered = runtime.enter();
                    plan::everything(&words, &overrides, faults(problems))
                };
                runtime.shutdown_background();
                tell(&faults)
            }
        }
    }
}

fn faults(problems: Problems) -> Faults {
    let mut faults = Faults::new();
    faults.add(problems);
    faults
}

/// Tells why nothing is served.
fn tell(faults: &Faults) -> io::Result<Exit> {
    let problems = faults.problems();
    problems.iter().try_for_each(complain_of)?;
    if problems.is_some() && !faults.unreachable().is_empty() {
        complain("")?;
    }
    faults.unreachable().iter().try_for_each(complain)?;
    Ok(if problems.is_some() { Exit::Configuration } else { Exit::Listener })
}

/// As many processes or threads as a `[server:...]` section can ask for.
fn up_to_most(least: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=impasto_server::MOST_THREADS)
}

/// Whether every server is one whose connections workers can share, and none is to have no workers.
fn wants_workers(loader: &Loader, words: &Words, overrides: &Overrides) -> bool {
    can_launch()
        && overrides.workers != Some(0)
        && plan::named(loader, &words.names).into_iter().all(|name| {
            match Service::with(loader, name, overrides) {
                Ok(service) => service.settings().workers > 0,
                // What is wrong is to be told with everything else that is.
                Err(_) => !matches!(Service::find_server(loader, name), Ok((Kind::Foreign(_), _))),
            }
        })
}

/// What says that an app is served, and where if that is known.
fn served(json: bool, app: &str, address: Option<String>) -> String {
    match (json, address) {
        (true, address) => json!({ "app": app, "address": address }).to_string(),
        (false, Some(address)) => format!("{app} on {address}"),
        (false, None) => format!("{app} on a server that does not say where"),
    }
}

fn launch(mut launcher: Launcher, services: Vec<Service>, asked: alone::Asked) -> io::Result<Exit> {
    let alone::Asked { words, overrides, watch, json } = asked;
    if watch {
        launcher.watch();
    }
    for service in services {
        launcher.launch(service, None).map_err(io::Error::other)?;
    }
    launcher.on_reload(move || {
        let loader = words.open()?;
        plan::services(&loader, &words.names, &overrides).map_err(|problems| {
            let problems = plan::with_apps(&loader, &words.names, problems);
            NotReread::of(&loader, problems)
        })
    });
    launcher.on_start(move |all| {
        // A service goes on when nobody reads what it prints.
        let line = |(app, address): &(String, _)| served(json, app, Some(format!("{address}")));
        let mut lines = all.iter().map(line);
        let _ = lines.try_for_each(print);
    });
    Ok(match launcher.wait() {
        Ended::Clean => Exit::Fine,
        Ended::Cut => Exit::Cut,
        Ended::Workers => Exit::Workers,
        Ended::Configuration => Exit::Configuration,
        Ended::Listener => Exit::Listener,
        Ended::Internal => Exit::Internal,
    })
}

fn serve_alone(asked: alone::Asked) -> io::Result<Exit> {
    let runtime = alone::runtime(&asked)?;
    let created = {
        let _entered = runtime.enter();
        asked.create()
    };
    let exit = match created {
        Ok(services) => runtime.block_on(alone::run(services, asked))?,
        Err(NotReread { problems, .. }) => {
            let _entered = runtime.enter();
            tell(&plan::everything(&asked.words, &asked.overrides, faults(problems)))?
        }
    };
    // What an app left running must not keep the process.
    runtime.shutdown_background();
    Ok(exit)
}
