//! Serving in this process: no workers, and nobody who replaces them.

mod reload;
mod signals;

use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use impasto::{App, BoxFuture, Loader, Problems, Registry, Serve, Swap};
use impasto_server::{
    Bound, Enabled, Faults, Http, Kind, NotReread, Outcome, Overrides, PidFile, Server, Service,
    Stop, Urgency, stop_on_signals,
};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinSet, spawn_blocking};

use super::{plan, served, tell};
use crate::exit::Exit;
use crate::output::{complain, print};
use crate::words::Words;
use reload::{Running, Serving};

/// How long a foreign server has for its end. (impasto's own know from their settings.)
const FOREIGN: Duration = Duration::from_secs(60);

/// What the command line asks for.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) words: Words,
    pub(super) overrides: Overrides,
    pub(super) watch: bool,
    pub(super) json: bool,
}

/// An app with its server, both created.
pub(super) struct Alone {
    name: String,
    app: App,
    server: Kept,
}

enum Kept {
    Own(Box<Service>, Server),
    Foreign(Box<dyn Serve>),
}

/// A runtime with as many threads as the service with the most asks for. What is wrong with the file is
/// for others to say.
pub(super) fn runtime(asked: &Asked) -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    let threads = asked.words.open().ok().and_then(|loader| {
        let names = plan::named(&loader, &asked.words.names).into_iter();
        let services = names.filter_map(|name| Service::with(&loader, name, &asked.overrides).ok());
        services.filter_map(|service| service.settings().threads).max()
    });
    if let Some(threads) = threads {
        builder.worker_threads(threads);
    }
    builder.enable_all().build()
}

impl Asked {
    /// Creates the apps and their servers. Factories may ask for a runtime, which must have been entered.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what they need.
    pub(super) fn create(&self) -> Result<Vec<Alone>, NotReread> {
        let loader = self.words.open()?;
        let services = create(&loader, &self.words.names, &self.overrides)
            .map_err(|problems| NotReread::of(&loader, problems))?;
        // The parts that are served have no errors.
        let checked = loader.check();
        for problem in checked.iter().filter(|problem| problem.concerns_serving()) {
            tracing::warn!("{}", problem.line());
        }
        Ok(services)
    }
}

fn create(
    loader: &Loader,
    names: &[String],
    overrides: &Overrides,
) -> Result<Vec<Alone>, Problems> {
    let mut faults = Faults::new();
    faults.add(Registry::linked().problems().iter().cloned());
    if let Some(enabled) = Enabled::of(loader).filter(|_| names.is_empty()) {
        faults.add(enabled.check().err());
    }
    let mut all = Vec::new();
    for name in plan::named(loader, names) {
        let app = || Service::find_app(loader, name)?.create_app(Registry::linked());
        let created = match Service::find_server(loader, name) {
            // Its settings are those of a service.
            Ok((Kind::Http(_), _)) => own(loader, name, overrides),
            Ok((Kind::Foreign(server), _)) => app().map(|app| (app, Kept::Foreign(server))),
            Err(problems) => {
                faults.keep(app());
                Err(problems)
            }
        };
        if let Some((app, server)) = faults.keep(created) {
            all.push(Alone { name: name.unwrap_or("main").to_owned(), app, server });
        }
    }
    if faults.is_empty() {
        let services: Vec<Service> = all.iter().filter_map(Alone::service).cloned().collect();
        faults.add(plan::collisions_of(&services, overrides));
    }
    match faults.problems() {
        None => Ok(all),
        Some(problems) => Err(problems),
    }
}

fn own(
    loader: &Loader,
    name: Option<&str>,
    overrides: &Overrides,
) -> Result<(App, Kept), Problems> {
    let service = Service::with(loader, name, overrides)?;
    service.check_alone()?;
    let app = service.create_app()?;
    let server = Server::new(service.settings().clone()).map_err(|error| service.refused(error))?;
    Ok((app, Kept::Own(Box::new(service), server)))
}

impl Alone {
    fn service(&self) -> Option<&Service> {
        match &self.server {
            Kept::Own(service, _) => Some(service),
            Kept::Foreign(_) => None,
        }
    }
}

/// Listens everywhere, then serves until a signal. Nothing is served unless all can listen.
pub(super) async fn run(services: Vec<Alone>, asked: Asked) -> io::Result<Exit> {
    let stop = Stop::new();
    let settings: Vec<Http> =
        services.iter().filter_map(Alone::service).map(|it| it.settings().clone()).collect();
    // What is of the process, the first says, as to a master.
    stop_on_signals(&stop, settings.first().is_some_and(|it| it.quit_is_graceful))?;
    signals::outlive()?;
    services.iter().filter_map(Alone::service).for_each(Service::log_options);
    let mut ours = services.iter().filter_map(Alone::service);
    let asks_for_pid_file = ours.find(|it| it.settings().pid_file.is_some()).cloned();
    warn_of_no_workers(&services);
    let mut reloading = Running::new(asked.clone())?;
    // Looking up a name may take long.
    let ready = tokio::select! {
        biased;
        () = stop.reached(Urgency::Graceful) => {
            return Ok(if stop.urgency() == Urgency::Now { Exit::Cut } else { Exit::Fine });
        }
        ready = bind(services, &stop, &mut reloading, asked.json) => ready,
    };
    let ready = match ready {
        Ok(ready) => ready,
        Err(known) => {
            let everything = move || plan::everything(&asked.words, &asked.overrides, known);
            return tell(&spawn_blocking(everything).await?);
        }
    };
    // Removed at the end.
    let _pid_file = match asks_for_pid_file.map_or(Ok(None), |it| it.pid_file(PidFile::write)) {
        Ok(pid_file) => pid_file,
        Err(why) => {
            complain(why)?;
            return Ok(Exit::Configuration);
        }
    };
    // From before anybody hears that they may be changed.
    reloading.watch_files();
    let mut running = JoinSet::new();
    for Ready { lines, serving } in ready {
        // A service goes on when nobody reads what it prints.
        let _ = lines.into_iter().try_for_each(print);
        running.spawn(serving);
    }
    tokio::spawn(reloading.until(stop.clone()));
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

/// Says which services were to have workers and have none, because another one is to have none.
fn warn_of_no_workers(services: &[Alone]) {
    for service in services.iter().filter_map(Alone::service) {
        let workers = service.settings().workers;
        if workers > 1 {
            let app = service.name();
            tracing::warn!(app, workers, "served without workers, as another app is to be");
        }
    }
}

/// A service whose server, when it is ours, listens.
struct Ready {
    /// What is served where.
    lines: Vec<String>,
    serving: BoxFuture<'static, Exit>,
}

/// # Errors
///
/// The first server that cannot listen.
async fn bind(
    services: Vec<Alone>,
    stop: &Stop,
    reloading: &mut Running,
    json: bool,
) -> Result<Vec<Ready>, Faults> {
    let mut ready = Vec::new();
    for Alone { name, app, server } in services {
        let stop = stop.clone();
        ready.push(match server {
            Kept::Own(service, server) => {
                let bound = server.bind().await.map_err(|error| {
                    let mut faults = Faults::new();
                    faults.add_refused(&service, &error);
                    faults
                })?;
                let addresses = bound.addresses().map(|address| Some(address.to_string()));
                let lines = addresses.map(|address| served(json, &name, address)).collect();
                let swap = Arc::new(Swap::new(app));
                reloading.add(Serving {
                    service: *service,
                    swap: Arc::clone(&swap),
                    live: bound.live(),
                    tls: bound.tls(),
                    tls_files: bound.tls_files().clone(),
                });
                Ready { lines, serving: Box::pin(serve(name, swap, bound, stop)) }
            }
            Kept::Foreign(server) => {
                let lines = vec![served(json, &name, None)];
                let serving = Box::pin(foreign(name, server.serve(app), stop));
                Ready { lines, serving }
            }
        });
    }
    Ok(ready)
}

async fn serve(name: String, swap: Arc<Swap>, bound: Bound, stop: Stop) -> Exit {
    match bound.serve(swap, stop).await {
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
