//! The master: does what the machine says, and tells it what happens.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use impasto::Problems;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{
    SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2,
    SIGWINCH,
};

use super::handle::{Ask, Asked};
use super::machine::{Action, Change, Event, GenerationId, Kill, Log, Machine, WorkerId};
use super::process::{Process, Processes, ending, has_terminal, reap};
use super::served::{self, NotServed, Served};
use super::signals::Signals;
use super::spawn::spawn;
use super::upgrade::{Predecessor, Program, Upgrade};
use super::watch::Watch;
use super::wire::{FromWorker, Load, ToWorker};
use super::{Ended, Launcher, Reread, Started};
use crate::address::Address;
use crate::bind::bind;
use crate::http::{Http, ReloadOnHup};
use crate::service::Service;
use crate::socket_file::SocketFile;

const CAUGHT: [i32; 11] = [
    SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGTTIN, SIGTTOU, SIGCHLD,
    SIGPIPE,
];

pub(super) fn run(launcher: Launcher) -> io::Result<Ended> {
    let Launcher { services, reread, started, watch, asked, .. } = launcher;
    let services: Vec<Service> = services.into_iter().map(|it| it.service).collect();
    let signals = Signals::catch(&CAUGHT)?;
    for service in &services {
        let (name, settings) = (service.name(), service.settings());
        tracing::debug!(service = name, file = ?service.file(), ?settings, "to be served");
    }
    let program = Program::running()?;
    let (predecessor, mut inherited) = match Predecessor::find()? {
        Some((predecessor, inherited)) => (Some(predecessor), inherited),
        None => (None, Vec::new()),
    };
    let bind_or_inherit = |address: &Address, settings: &Http| {
        let known: Vec<_> = inherited.extract_if(.., |it| it.asked == *address).collect();
        if known.is_empty() { bind(address, settings) } else { Ok(known) }
    };
    let first = match served::serve(services, &[], bind_or_inherit) {
        Ok(first) => first,
        Err(error) => {
            complain(&format!("error: {error}"));
            return Ok(match error {
                NotServed::Bind { .. } => Ended::Listener,
                NotServed::Order(_) => Ended::Internal,
            });
        }
    };
    let (machine, actions) = Machine::start(Instant::now(), served::plans(&first));
    let mut master = Master {
        machine,
        signals,
        asked,
        reread,
        started,
        processes: Processes::default(),
        generations: BTreeMap::from([(GenerationId(1), first)]),
        loaded: None,
        program,
        predecessor,
        upgrade: None,
        watch: watch.then(Watch::default),
        queue: VecDeque::new(),
        ended: None,
    };
    master.watch_files();
    master.apply(actions);
    master.serve()
}

struct Master {
    machine: Machine,
    signals: Signals,
    asked: Asked,
    reread: Option<Box<Reread>>,
    started: Option<Box<Started>>,
    processes: Processes,
    /// What those serve that do not only drain.
    generations: BTreeMap<GenerationId, Vec<Served>>,
    /// What was loaded last and is not adopted.
    loaded: Option<Vec<Served>>,
    program: Program,
    /// The master whose place this one takes, until it does.
    predecessor: Option<Predecessor>,
    /// The master that takes this one's place, until it does.
    upgrade: Option<Upgrade>,
    watch: Option<Watch>,
    /// What has happened and the machine does not know.
    queue: VecDeque<Event>,
    ended: Option<u8>,
}

impl Master {
    fn serve(mut self) -> io::Result<Ended> {
        loop {
            while let Some(event) = self.queue.pop_front() {
                self.tell(event);
            }
            if let Some(code) = self.ended {
                return Ok(Ended::from_code(code));
            }
            self.wait()?;
            self.signals.pending().into_iter().for_each(|signal| self.signalled(signal));
            self.asked.pending().into_iter().for_each(|ask| self.asked_for(ask));
            let all: Vec<WorkerId> = self.processes.0.keys().copied().collect();
            all.into_iter().for_each(|id| self.hear(id));
            if self.upgrade.as_ref().is_some_and(Upgrade::serves) {
                self.queue.push_back(Event::UpgradeReady);
            }
            if Instant::now() >= self.machine.deadline() {
                self.queue.push_back(Event::Tick);
                if self.watch.as_mut().is_some_and(Watch::has_changed) {
                    self.queue.push_back(Event::Reload);
                }
            }
        }
    }

    /// Watches the files that were read last.
    fn watch_files(&mut self) {
        let Some(watch) = &mut self.watch else { return };
        let served = self.loaded.as_ref().or(self.generations.get(&self.machine.current()));
        let services = served.into_iter().flatten().map(|served| &served.service);
        watch.read(services.flat_map(|service| {
            let tls = service.settings().tls_files();
            let tls = tls.cert.into_iter().chain(tls.key).chain(tls.client_ca);
            service.loader().files().into_iter().chain(tls)
        }));
    }

    fn tell(&mut self, event: Event) {
        let actions = self.machine.handle(Instant::now(), event);
        self.apply(actions);
    }

    /// Until something happens or the machine wants to know the time.
    fn wait(&self) -> io::Result<()> {
        let sources = [self.signals.as_fd(), self.asked.as_fd()];
        let lines = self.processes.0.values().map(|process| process.line.as_fd());
        let mut sources: Vec<PollFd<'_>> = sources
            .into_iter()
            .chain(lines)
            .chain(self.upgrade.iter().map(Upgrade::as_fd))
            .map(|source| PollFd::from_borrowed_fd(source, PollFlags::IN))
            .collect();
        let left = self.machine.deadline().saturating_duration_since(Instant::now());
        // A line whose worker has just died is readable until the worker is reaped.
        let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        match poll(&mut sources, Some(&left)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn signalled(&mut self, signal: i32) {
        let event = match signal {
            SIGTERM => Event::Stop,
            SIGQUIT if self.settings().is_some_and(|it| it.quit_is_graceful) => Event::Stop,
            SIGINT | SIGQUIT => Event::StopNow,
            SIGHUP => match self.settings().map(|it| it.reload_on_hup).unwrap_or_default() {
                ReloadOnHup::Always => Event::Reload,
                ReloadOnHup::Auto if !has_terminal() => Event::Reload,
                ReloadOnHup::Auto | ReloadOnHup::Never => Event::Stop,
            },
            SIGTTIN => Event::More,
            SIGTTOU => Event::Fewer,
            SIGWINCH if !has_terminal() => Event::Idle,
            SIGUSR2 => Event::Upgrade,
            SIGUSR1 => {
                return self.processes.0.values().for_each(|it| it.tell(&ToWorker::ReopenLogs));
            }
            SIGCHLD => return self.reap(),
            _ => return,
        };
        self.queue.push_back(event);
    }

    /// The settings of the master itself: those of the first service.
    fn settings(&self) -> Option<&Http> {
        let served = self.generations.get(&self.machine.current())?.first()?;
        Some(served.service.settings())
    }

    fn asked_for(&mut self, ask: Ask) {
        self.queue.push_back(match ask {
            Ask::Stop => Event::Stop,
            Ask::StopNow => Event::StopNow,
            Ask::Reset => Event::Reload,
        });
    }

    /// Takes what a worker has said.
    fn hear(&mut self, id: WorkerId) {
        while let Some(process) = self.processes.0.get_mut(&id) {
            let message = match process.line.receive::<FromWorker>() {
                Ok(Some((message, _))) => message,
                // Its end is told by `SIGCHLD`.
                Ok(None) => return,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => {
                    let pid = process.pid.as_raw_nonzero();
                    return tracing::warn!(%error, pid, "a worker is not understood");
                }
            };
            self.queue.push_back(match message {
                FromWorker::Ready => Event::Ready(id),
                FromWorker::Beat(load) => {
                    process.load = load;
                    Event::Beat(id)
                }
                FromWorker::Unfit(text) => {
                    complain(&text);
                    Event::Unfit(id, text)
                }
                FromWorker::Prepared(outcome) => Event::Prepared(id, outcome),
                FromWorker::Swapped => Event::Swapped(id),
            });
        }
    }

    fn reap(&mut self) {
        while let Some((pid, status)) = reap() {
            if self.upgrade.as_ref().is_some_and(|upgrade| upgrade.pid == pid) {
                tracing::error!(pid = pid.as_raw_nonzero(), "the new master ended: not upgraded");
                self.upgrade = None;
                self.queue.push_back(Event::UpgradeEnded);
            }
            let Some(id) = self.processes.by_pid(pid) else { continue };
            // What it said before it died comes first.
            self.hear(id);
            if let Some(process) = self.processes.0.remove(&id) {
                let was_told = self.machine.state(id) == Some("ending");
                let ending = ending(&process, status, was_told);
                self.queue.push_back(Event::Exited(id, ending));
            }
        }
    }

    fn apply(&mut self, actions: Vec<Action>) {
        for action in actions {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Load => {
                let loaded = self.load();
                if loaded.is_ok() {
                    self.watch_files();
                }
                self.queue.push_front(Event::Loaded(loaded));
            }
            Action::Spawn { worker, generation, service } => {
                self.spawn(worker, generation, service)
            }
            Action::Prepare(id) => self.prepare(id),
            Action::Commit(id) => self.to(id, &ToWorker::Commit),
            Action::Abort(id) => self.to(id, &ToWorker::Abort),
            Action::Drain(id) => self.to(id, &ToWorker::Drain),
            Action::Kill(id, kill) => self.kill(id, kill),
            Action::Adopt => self.adopt(),
            Action::Discard => self.loaded = None,
            Action::Retire(generation) => _ = self.generations.remove(&generation),
            Action::Reloaded(outcome) => reloaded(outcome),
            Action::Started => self.started(),
            Action::Stopping => {
                tracing::info!("finishing the requests in flight");
                // Workers close them, too: then clients are refused rather than kept waiting.
                let served = self.generations.values_mut().flatten();
                served.for_each(|served| served.listeners.clear());
            }
            Action::StartUpgrade => self.start_upgrade(),
            Action::KillUpgrade => self.upgrade.iter().for_each(Upgrade::kill),
            Action::HandOver => self.hand_over(),
            Action::Log(log) => say(log),
            Action::Exit(code) => self.ended = Some(code),
        }
    }

    /// Reads the files again.
    fn load(&mut self) -> Result<Change, String> {
        let before = self.generations.get(&self.machine.current());
        let before = before.map(Vec::as_slice).unwrap_or_default();
        let reread = || match &mut self.reread {
            Some(reread) => reread(),
            None => again(before),
        };
        let services = catch_unwind(AssertUnwindSafe(reread))
            .map_err(|_panic| "reading the configuration panicked; see the log".to_owned())?
            .map_err(|problems| problems.to_string())?;
        let new =
            served::serve(services, before, bind).map_err(|error| format!("error: {error}"))?;
        let change = match served::can_swap(before, &new) {
            true => Change::Swap,
            false => Change::Generation(served::plans(&new)),
        };
        self.loaded = Some(new);
        Ok(change)
    }

    /// What was loaded is what is served from now on.
    fn adopt(&mut self) {
        let Some(loaded) = self.loaded.take() else { return };
        let before = self.generations.values().next_back();
        if let (Some(new), Some(old)) = (loaded.first(), before.and_then(|old| old.first())) {
            let changes = new.service.loader().changes_since(old.service.loader());
            match changes.is_empty() {
                true => tracing::info!("the new configuration says the same as the old one"),
                false => tracing::info!("the new configuration:\n{changes}"),
            }
        }
        self.generations.insert(self.machine.current(), loaded);
    }

    fn spawn(&mut self, id: WorkerId, generation: GenerationId, service: usize) {
        let served = self.generations.get(&generation).or(self.loaded.as_ref());
        let Some(served) = served.and_then(|served| served.get(service)) else {
            return self.queue.push_back(Event::NotSpawned(id));
        };
        let mut others = self.processes.0.values().filter(|it| it.generation == generation);
        let checks_all = !others.any(|it| it.checks_all);
        let service = served.service.name().to_owned();
        match spawn(&service, &served.order, &served.sockets(), checks_all) {
            Ok((pid, line)) => {
                tracing::debug!(pid = pid.as_raw_nonzero(), service, "a worker starts");
                let (since, load) = (Instant::now(), Load::default());
                let process = Process { pid, line, generation, service, since, load, checks_all };
                self.processes.0.insert(id, process);
            }
            Err(error) => {
                tracing::error!(%error, service, "cannot start a worker");
                self.queue.push_back(Event::NotSpawned(id));
            }
        }
    }

    fn prepare(&self, id: WorkerId) {
        let Some(process) = self.processes.0.get(&id) else { return };
        let loaded = self.loaded.iter().flatten();
        let mut of_service = loaded.filter(|served| served.service.name() == process.service);
        let Some(served) = of_service.next() else { return };
        if let Err(error) = process.line.send(&ToWorker::Prepare, &[served.order.as_fd()]) {
            tracing::debug!(%error, "cannot speak to a worker");
        }
    }

    fn to(&self, id: WorkerId, message: &ToWorker) {
        if let Some(process) = self.processes.0.get(&id) {
            process.tell(message);
        }
    }

    fn kill(&self, id: WorkerId, kill: Kill) {
        if let Some(process) = self.processes.0.get(&id) {
            process.kill(kill);
        }
    }

    fn start_upgrade(&mut self) {
        match self.program.upgrade(self.generations.values().flatten()) {
            Ok(upgrade) => {
                let pid = upgrade.pid.as_raw_nonzero();
                tracing::info!(pid, "upgrading: a new master starts");
                self.upgrade = Some(upgrade);
            }
            Err(error) => {
                tracing::error!(%error, "not upgraded: the program cannot be started");
                self.queue.push_back(Event::UpgradeEnded);
            }
        }
    }

    /// The new master serves; what both have is its own now.
    fn hand_over(&mut self) {
        tracing::info!("upgraded: the new master serves");
        self.upgrade = None;
        let listeners = self.generations.values().flatten().flat_map(|served| &served.listeners);
        listeners.filter_map(|it| it.file.as_ref()).for_each(SocketFile::leave);
    }

    fn started(&mut self) {
        if let Some(predecessor) = self.predecessor.take() {
            predecessor.relieve();
        }
        let Some(served) = self.generations.get(&self.machine.current()) else { return };
        let addresses = served.iter().flat_map(|served| {
            let name = served.service.name();
            let is_encrypted = !served.service.settings().tls_files().is_empty();
            let addresses = served.listeners.iter().map(|it| it.address.clone());
            addresses.map(move |address| (name.to_owned(), address.over_tls(is_encrypted)))
        });
        let addresses: Vec<_> = addresses.collect();
        if let Some(started) = &mut self.started {
            started(&addresses);
        }
    }
}

/// The same services, as their files have them now.
fn again(before: &[Served]) -> Result<Vec<Service>, Problems> {
    let mut problems = Vec::new();
    let mut services = Vec::new();
    for served in before {
        match served.service.again() {
            Ok(service) => services.push(service),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.is_empty() { Ok(services) } else { Err(Problems(problems)) }
}

fn reloaded(outcome: Result<(), String>) {
    match outcome {
        Ok(()) => tracing::info!("reloaded"),
        Err(text) => {
            tracing::error!("not reloaded: what was served is served on");
            complain(&text);
        }
    }
}

fn say(log: Log) {
    match log {
        Log::Throttled { service, pause } => {
            let pause = humantime(pause);
            tracing::warn!(service, "workers die as they start; the next is started in {pause}");
        }
        Log::NeverReady { within } => {
            let within = humantime(within);
            tracing::error!("no worker became ready within {within}");
        }
        Log::TooManyDraining(_) => {
            tracing::warn!("more than two generations are draining; cutting the oldest");
        }
        Log::UpgradeRefused => {
            tracing::warn!("not upgraded: a start, a reload, an upgrade or a stop is under way");
        }
        Log::Workers { service, wanted } => tracing::info!(service, wanted, "workers"),
    }
}

fn humantime(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// Writes what is wrong to standard error, as it is.
fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{}", text.trim_end());
}
