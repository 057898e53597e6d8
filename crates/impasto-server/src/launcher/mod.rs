//! The launcher: a master that starts workers, replaces them, reloads and stops them.
//!
//! ```text
//! signals, messages, ends of processes, time
//!      │
//!      ▼
//!   master ──events──▶ machine ──actions──▶ master ──▶ processes
//! ```
//!
//! The [master](master) has one thread and no runtime; what it decides is decided by the
//! [machine], which knows no process. A [worker] is this program once more.

pub(crate) mod activation;
pub mod control;
mod handle;
mod machine;
mod master;
mod order;
mod pid_file;
mod privileges;
mod process;
mod reread;
mod served;
mod signals;
mod spawn;
mod systemd;
mod upgrade;
mod watch;
mod wire;
mod worker;
mod wrapper;

use std::fmt;
use std::io;

use impasto::SettingError;

use crate::address::BoundAddress;
use crate::service::Service;
use handle::Asked;
pub use handle::Handle;
pub use pid_file::{PidFile, PidFileError};
pub(crate) use privileges::{Identity, raise_open_files};
pub(crate) use process::has_terminal;
pub use reread::NotReread;
use reread::Reread;
use signals::Early;
pub(crate) use upgrade::replaces_another;
pub use watch::Watch;
pub use wrapper::ServiceWrapper;

/// Turns this process into a worker if a [`Launcher`] started it as one; it then never returns.
///
/// A program whose launcher is to start workers calls this first thing in `main`: a worker is the same
/// program, started once more. A log may be set up before, threads may not be started.
pub fn init() {
    if let Some(line) = spawn::line_of_worker() {
        std::process::exit(worker::run(line));
    }
}

/// Whether [`init`] has been called, so that this program can be its own worker.
pub fn can_launch() -> bool {
    spawn::can_be_worker()
}

/// What happens before anything is listened on.
type Starting = dyn FnOnce(&[ServiceWrapper]);

/// What happens when all workers accept connections.
type Started = dyn FnMut(&[(String, BoundAddress)]);

/// Serves services with workers: nova's `ProcessLauncher`.
///
/// ```no_run
/// use impasto::Loader;
/// use impasto_server::{Launcher, Service};
///
/// impasto_server::init();
/// let mut launcher = Launcher::new()?;
/// let loader = Loader::open("api-paste.ini")?;
/// launcher.launch(Service::from_config(&loader, "public")?, 4)?;
/// launcher.launch(Service::from_config(&loader, "admin")?, 1)?;
/// std::process::exit(launcher.wait().code().into());
/// # Ok::<(), anyhow::Error>(())
/// ```
pub struct Launcher {
    services: Vec<ServiceWrapper>,
    reread: Option<Box<Reread>>,
    starting: Option<Box<Starting>>,
    started: Option<Box<Started>>,
    watch: bool,
    handle: Handle,
    asked: Asked,
    early: Early,
}

/// How a launcher ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// 0: everything that had begun was answered.
    Clean,
    /// 1: requests were cut.
    Cut,
    /// 3: workers cannot start.
    Workers,
    /// 4: the configuration is wrong.
    Configuration,
    /// 5: an address cannot be listened on.
    Listener,
    /// 70: the system refused something that every program gets.
    Internal,
}

impl Ended {
    /// The exit code that says so.
    pub fn code(self) -> u8 {
        match self {
            Ended::Clean => 0,
            Ended::Cut => 1,
            Ended::Workers => 3,
            Ended::Configuration => 4,
            Ended::Listener => 5,
            Ended::Internal => 70,
        }
    }

    fn from_code(code: u8) -> Ended {
        match code {
            machine::code::CLEAN => Ended::Clean,
            machine::code::WORKERS => Ended::Workers,
            machine::code::CONFIGURATION => Ended::Configuration,
            _ => Ended::Cut,
        }
    }
}

impl Launcher {
    /// A launcher of nothing yet.
    ///
    /// From now on `HUP`, `USR1`, `USR2`, `TTIN` and `TTOU` do not end the process, and a `HUP` is a reload once it
    /// waits: to be made before the files are read, then.
    ///
    /// # Errors
    ///
    /// When the process has no descriptors left.
    pub fn new() -> io::Result<Launcher> {
        let (handle, asked) = handle::handle()?;
        let services = Vec::new();
        let (reread, starting, started) = (None, None, None);
        let (early, watch) = (Early::catch()?, false);
        Ok(Launcher { services, reread, starting, started, watch, handle, asked, early })
    }

    /// Adds a service, to be served by so many workers instead of as many as its settings say.
    ///
    /// # Errors
    ///
    /// For no workers.
    pub fn launch(
        &mut self,
        mut service: Service,
        workers: impl Into<Option<usize>>,
    ) -> Result<(), SettingError> {
        let workers = workers.into().unwrap_or(service.settings().workers);
        service.set_workers(workers)?;
        self.services.push(ServiceWrapper::new(service, workers));
        Ok(())
    }

    /// What is to be served. While it is, [`Handle::services`] knows more.
    pub fn services(&self) -> &[ServiceWrapper] {
        &self.services
    }

    /// Asks `reread` for the services at each reload, instead of looking for the same ones again: then
    /// there may be others.
    pub fn on_reload(&mut self, reread: impl FnMut() -> Result<Vec<Service>, NotReread> + 'static) {
        self.reread = Some(Box::new(reread));
    }

    /// Calls `started` once all workers accept connections, with the name of each service and the
    /// addresses it really has.
    pub fn on_start(&mut self, started: impl FnMut(&[(String, BoundAddress)]) + 'static) {
        self.started = Some(Box::new(started));
    }

    /// Calls `starting` once, before anything is listened on, with what is to be served.
    pub fn before_start(&mut self, starting: impl FnOnce(&[ServiceWrapper]) + 'static) {
        self.starting = Some(Box::new(starting));
    }

    /// Ends it, as [`Handle::stop`] does: one that does not wait yet serves nobody, and ends cleanly as soon as it
    /// waits.
    pub fn stop(&self) {
        self.handle.stop();
    }

    /// Reads the files again, as [`Handle::reset`], once it waits.
    pub fn reset(&self) {
        self.handle.reset();
    }

    /// Reloads when a file that was read changes: its settings, or a certificate.
    pub fn watch(&mut self) {
        self.watch = true;
    }

    /// By which others stop or reload this launcher while it waits.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Serves until it is stopped, by a signal or by its [`Handle`].
    ///
    /// From then on the process catches `TERM`, `INT`, `QUIT`, `HUP`, `USR1`, `USR2`, `WINCH`,
    /// `TTIN`, `TTOU` and `CHLD`.
    ///
    /// # Panics
    ///
    /// When [`init`] has not been called: a worker would be something else.
    pub fn wait(self) -> Ended {
        assert!(can_launch(), "impasto_server::init() must be called first");
        match master::run(self) {
            Ok(ended) => ended,
            Err(error) => {
                tracing::error!(%error, "the launcher cannot go on");
                Ended::Internal
            }
        }
    }
}

impl fmt::Debug for Launcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launcher").field("services", &self.services).finish_non_exhaustive()
    }
}
