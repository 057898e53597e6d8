//! Serving in this process: no workers, nobody who replaces them, no reload.

use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use impasto::{App, BoxFuture, Loader, Problems, Registry, Severity, Swap};
use impasto_server::{
    Bound, Kind, Outcome, Overrides, Server, Service, StartError, Stop, Urgency, stop_on_signals,
};
use tokio::task::JoinSet;

use super::plan::{self, Faults};
use crate::exit::Exit;
use crate::output::{complain, print};

/// How long a foreign server has for its end. (impasto's own know from their settings.)
const FOREIGN: Duration = Duration::from_secs(60);

/// An app with its server, both created.
pub(super) struct Alone {
    name: String,
    app: App,
    server: Kind,
}

/// Creates apps and their servers. Factories may ask for a runtime, which must have been entered.
///
/// # Errors
///
/// Everything that is wrong with what they need.
pub(super) fn create(
    loader: &Loader,
    names: &[String],
    overrides: &Overrides,
) -> Result<Vec<Alone>, Problems> {
    let mut faults = Faults(Registry::linked().problems().to_vec());
    let (mut all, mut services) = (Vec::new(), Vec::new());
    for name in plan::named(loader, names) {
        let app = Service::find_app(loader, name)
            .and_then(|context| context.create_app(Registry::linked()));
        let server = match Service::find_server(loader, name) {
            // Its settings are those of a service.
            Ok((Kind::Http(_), _)) => Service::with(loader, name, overrides).map(|service| {
                let server = Server::new(service.settings().clone()).map(Kind::Http);
                services.push(service);
                server
            }),
            other => other.map(|(kind, _)| Ok(kind)),
        };
        if let (Some(app), Some(Ok(server))) = (faults.keep(app), faults.keep(server)) {
            all.push(Alone { name: name.unwrap_or("main").to_owned(), app, server });
        }
    }
    if faults.0.is_empty() {
        faults.0 = plan::collisions_of(&services);
    }
    match faults.0.is_empty() {
        true => Ok(all),
        false => Err(Problems(faults.0)),
    }
}

/// Logs what is wrong with the parts of a file that are not served: the parts that are have no errors.
pub(super) fn warn_of_the_rest(loader: &Loader) {
    let checked = loader.check();
    for problem in checked.iter().filter(|problem| problem.severity == Severity::Error) {
        tracing::warn!("{}", problem.line());
    }
}

/// Listens everywhere, then serves until a signal. Nothing is served unless all can listen.
pub(super) async fn run(services: Vec<Alone>) -> io::Result<Exit> {
    let stop = Stop::new();
    stop_on_signals(&stop)?;
    // Looking up a name may take long.
    let ready = tokio::select! {
        biased;
        () = stop.reached(Urgency::Graceful) => {
            return Ok(if stop.urgency() == Urgency::Now { Exit::Cut } else { Exit::Fine });
        }
        ready = bind(services, &stop) => ready,
    };
    let ready = match ready {
        Ok(ready) => ready,
        Err((exit, reason)) => {
            complain(reason)?;
            return Ok(exit);
        }
    };
    let mut running = JoinSet::new();
    for Ready { lines, serving } in ready {
        // A service goes on when nobody reads what it prints.
        let _ = lines.into_iter().try_for_each(print);
        running.spawn(serving);
    }
    let mut exit = Exit::Fine;
    while let Some(ended) = running.join_next().await {
        // A panic has been logged.
        let ended = ended.unwrap_or(Exit::Internal);
        if exit == Exit::Fine {
            exit = ended;
        }
        // One that ends by itself takes the others along.
        stop.graceful();
    }
    Ok(exit)
}

/// A service whose server, when it is ours, listens.
struct Ready {
    /// What is served where.
    lines: Vec<String>,
    serving: BoxFuture<'static, Exit>,
}

/// # Errors
///
/// The first server that cannot listen, in words, and what it comes to.
async fn bind(services: Vec<Alone>, stop: &Stop) -> Result<Vec<Ready>, (Exit, String)> {
    let mut ready = Vec::new();
    for Alone { name, app, server } in services {
        let stop = stop.clone();
        ready.push(match server {
            Kind::Http(server) => {
                let bound = server.bind().await.map_err(|error| {
                    let exit = match error {
                        StartError::Tls(_) => Exit::Configuration,
                        _ => Exit::Listener,
                    };
                    (exit, cannot_serve(&name, error))
                })?;
                let lines = bound.addresses().map(|address| format!("{name} on {address}"));
                Ready { lines: lines.collect(), serving: Box::pin(own(name, app, bound, stop)) }
            }
            Kind::Foreign(server) => {
                let lines = vec![format!("{name} on a server that does not say where")];
                let serving = Box::pin(foreign(name, server.serve(app), stop));
                Ready { lines, serving }
            }
        });
    }
    Ok(ready)
}

async fn own(name: String, app: App, bound: Bound, stop: Stop) -> Exit {
    match bound.serve(Arc::new(Swap::new(app)), stop).await {
        Outcome::Clean => Exit::Fine,
        Outcome::Cut { connections } => {
            tracing::info!(app = name, connections, "cut");
            Exit::Cut
        }
    }
}

/// Runs a server that may know nothing of signals.
async fn foreign(
    name: String,
    serving: BoxFuture<'static, anyhow::Result<()>>,
    stop: Stop,
) -> Exit {
    let cut = async {
        stop.reached(Urgency::Graceful).await;
        let _ = tokio::time::timeout(FOREIGN, stop.reached(Urgency::Now)).await;
    };
    tokio::select! {
        ended = serving => match ended {
            Ok(()) => Exit::Fine,
            Err(error) => {
                // The exit code says it when nobody reads this.
                let _ = complain(cannot_serve(&name, format_args!("{error:#}")));
                Exit::Listener
            }
        },
        () = cut => Exit::Cut,
    }
}

fn cannot_serve(name: &str, reason: impl Display) -> String {
    format!("error: cannot serve `{name}`: {reason}")
}
