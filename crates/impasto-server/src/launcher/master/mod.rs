//! The master: does what the machine says, and tells it what happens.

mod act;
mod hear;
mod log;
mod reload;
mod start;
mod status;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{
    SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2,
    SIGWINCH,
};

use super::control::{Client, Control, LastReload, NoControl};
use super::handle::Asked;
use super::machine::{Event, GenerationId, Machine, WorkerId};
use super::pid_file::PidFile;
use super::process::{Process, Processes};
use super::reread::Reread;
use super::served::{self, NotServed, Served};
use super::signals::Signals;
use super::systemd::{State, Systemd};
use super::upgrade::{Predecessor, Program, Upgrade};
use super::watch::Watch;
use super::wire::Attempt;
use super::{Ended, Launcher, Started};
use crate::address::Address;
use crate::bind::bind;
use crate::http::Http;
use crate::service::Service;
use log::complain;
use status::Curious;

const CAUGHT: [i32; 11] = [
    SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGTTIN, SIGTTOU, SIGCHLD,
    SIGPIPE,
];

pub(super) fn run(launcher: Launcher) -> io::Result<Ended> {
    let Launcher { services, reread, starting, started, watch, asked, early, .. } = launcher;
    if let Some(starting) = starting {
        starting(&services);
    }
    let services: Vec<Service> = services.into_iter().map(|it| it.service).collect();
    let signals = Signals::catch(&CAUGHT)?;
    // Whoever started us may have left some open for us, as systemd does; they are not for workers.
    close_fds::set_fds_cloexec(3, &[]);
    for service in &services {
        service.log_options();
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
    let first = match served::serve(services.clone(), &[], bind_or_inherit) {
        Ok(first) => first,
        Err(NotServed::Faults(known)) => {
            let faults = start::everything(services, known);
            complain(&faults.to_string());
            return Ok(match faults.problems() {
                Some(_) => Ended::Configuration,
                None => Ended::Listener,
            });
        }
        Err(error @ NotServed::Order(_)) => {
            complain(&error.to_string());
            return Ok(Ended::Internal);
        }
    };
    let pid_file = match pid_file(&first, predecessor.is_some()) {
        Ok(pid_file) => pid_file,
        Err(why) => {
            complain(&why);
            return Ok(Ended::Configuration);
        }
    };
    asked.board.serve(first.iter().map(|served| &served.service));
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
        reads: BTreeMap::new(),
        control: None,
        pid_file,
        next_pid_file: None,
        systemd: Systemd::of_this_process(),
        alive_due: Instant::now(),
        waiting: Vec::new(),
        answered: Vec::new(),
        curious: Vec::new(),
        began: Instant::now(),
        reload_began: Instant::now(),
        last_reload: None,
        changes: String::new(),
        revision: 1,
        attempt: 0,
        queue: VecDeque::new(),
        ended: None,
    };
    if master.predecessor.is_none() {
        master.control = control(Control::of(master.file()));
    }
    master.watch_files();
    master.apply(actions);
    if early.hung_up() {
        master.signalled(SIGHUP);
    }
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
    /// What the factories of each service's app have read, as its workers say.
    reads: BTreeMap<String, Vec<PathBuf>>,
    control: Option<Control>,
    pid_file: Option<PidFile>,
    /// That of what was loaded last, where it is another one.
    next_pid_file: Option<PidFile>,
    systemd: Systemd,
    /// When systemd wants to hear of us again.
    alive_due: Instant,
    /// Who waits for the next reload, and who for the present one.
    waiting: Vec<Client>,
    answered: Vec<Client>,
    /// Who waits to be told the status.
    curious: Vec<Curious>,
    began: Instant,
    reload_began: Instant,
    last_reload: Option<LastReload>,
    /// What the present reload changes, for people.
    changes: String,
    /// Which reading of the files is served, counted from 1.
    revision: u64,
    /// How many reloads have begun.
    attempt: Attempt,
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
            self.processes.0.values_mut().for_each(Process::speak);
            let requests = self.control.as_mut().map(|control| control.ready(Instant::now()));
            for (client, request) in requests.into_iter().flatten() {
                self.requested(client, request);
            }
            self.tell_status();
            if self.upgrade.as_ref().is_some_and(Upgrade::serves) {
                self.queue.push_back(Event::UpgradeReady);
            }
            self.feed_watchdog();
            if Instant::now() >= self.machine.deadline() {
                self.queue.push_back(Event::Tick);
                if self.watch.as_mut().is_some_and(Watch::has_changed) {
                    self.queue.push_back(Event::Reload);
                }
            }
        }
    }

    /// Tells systemd that the service lives, as long as a worker does.
    fn feed_watchdog(&mut self) {
        let Some(interval) = self.systemd.watchdog() else { return };
        let now = Instant::now();
        if now >= self.alive_due {
            self.alive_due = now + interval;
            if self.machine.is_alive(now) {
                self.systemd.tell(&[State::Alive]);
            }
        }
    }

    /// Watches the files that were read last.
    fn watch_files(&mut self) {
        let Some(watch) = &mut self.watch else { return };
        let served = self.loaded.as_ref().or(self.generations.get(&self.machine.current()));
        let services = served.into_iter().flatten().map(|served| &served.service);
        let by_factories = self.reads.values().flatten().cloned();
        watch.read(services.flat_map(Service::files).chain(by_factories));
    }

    /// Watches these, too.
    fn factories_read(&mut self, service: String, files: Vec<PathBuf>) {
        self.watch_also(&files);
        self.reads.insert(service, files);
    }

    fn watch_also(&mut self, files: &[PathBuf]) {
        if let Some(watch) = &mut self.watch {
            watch.also(files.iter().cloned());
        }
    }

    /// The file of the first service.
    fn file(&self) -> &Path {
        let served = self.generations.values().next_back().and_then(|served| served.first());
        served.map_or(Path::new(""), |served| served.service.file())
    }

    fn tell(&mut self, event: Event) {
        if let Event::Unfit(_, text) = &event
            // Others say the same; and a reload says it as its outcome.
            && !self.machine.has_started()
            && !self.machine.is_stopping()
        {
            complain(&self.with_others(text));
        }
        let actions = self.machine.handle(Instant::now(), event);
        self.apply(actions);
    }

    /// What a worker says at a start that fails by it, and what those of other services would say.
    fn with_others(&self, said: &str) -> String {
        let served = self.generations.get(&self.machine.current()).into_iter().flatten();
        let services: Vec<Service> = served.map(|served| served.service.clone()).collect();
        match services.len() {
            0 | 1 => said.to_owned(),
            _ => start::of_apps(services, said),
        }
    }

    /// Until something happens or the machine wants to know the time.
    fn wait(&self) -> io::Result<()> {
        let sources = [self.signals.as_fd(), self.asked.as_fd()];
        let lines = self.processes.0.values().map(|process| {
            let speaks = !process.unsent.is_empty();
            let wanted = if speaks { PollFlags::IN | PollFlags::OUT } else { PollFlags::IN };
            PollFd::from_borrowed_fd(process.line.as_fd(), wanted)
        });
        let mut sources: Vec<PollFd<'_>> = sources
            .into_iter()
            .chain(self.upgrade.iter().map(Upgrade::as_fd))
            .chain(self.control.iter().map(Control::as_fd))
            .map(|source| PollFd::from_borrowed_fd(source, PollFlags::IN))
            .chain(lines)
            .collect();
        let alive = self.systemd.watchdog().map(|_| self.alive_due);
        let due = self.control.iter().filter_map(Control::deadline).chain(alive);
        let due = due.chain(self.curious.iter().map(|it| it.until));
        let due = due.chain([self.machine.deadline()]);
        let left = due.min().map(|due| due.saturating_duration_since(Instant::now()));
        let left = left.unwrap_or_default();
        // A line whose worker has just died is readable until the worker is reaped.
        let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        match poll(&mut sources, Some(&left)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The pid file of the first service that wants one; a second one beside that of a master whose place
/// this one takes.
fn pid_file(served: &[Served], is_second: bool) -> Result<Option<PidFile>, String> {
    let write = if is_second { PidFile::write_second } else { PidFile::write };
    let mut services = served.iter().map(|served| &served.service);
    let asks = services.find(|it| it.settings().pid_file.is_some());
    asks.map_or(Ok(None), |service| service.pid_file(write))
}

fn pid_file_path(served: &[Served]) -> Option<&Path> {
    served.iter().find_map(|served| served.service.settings().pid_file.as_deref())
}

/// The control socket of a master whose place this one takes.
fn take_over(file: &Path) -> Option<Control> {
    control(Control::take_over(file))
}

/// A master can do without.
fn control(control: Result<Control, NoControl>) -> Option<Control> {
    control
        .map_err(|error| tracing::warn!("`impasto reload` cannot reach this master: {error}"))
        .ok()
}
