//! Processes as `/proc` shows them.

use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

/// A process, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process(pub u32);

impl Process {
    /// Its children, oldest first, also those that nobody has waited for.
    pub fn children(self) -> Vec<Process> {
        let mut children: Vec<(u64, Process)> = all()
            .filter_map(|process| process.stat())
            .filter(|stat| stat.parent == self.0)
            .map(|stat| (stat.started, stat.process))
            .collect();
        children.sort();
        children.into_iter().map(|(_, process)| process).collect()
    }

    /// Its children that run.
    pub fn workers(self) -> Vec<Process> {
        self.children().into_iter().filter(|child| child.runs()).collect()
    }

    /// Whether it is there and has not ended.
    pub fn runs(self) -> bool {
        self.stat().is_some_and(|stat| !matches!(stat.state, 'Z' | 'X'))
    }

    /// Its memory, in bytes.
    pub fn memory(self) -> u64 {
        let status = fs::read_to_string(self.path("status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        kib.unwrap_or_default() * 1024
    }

    /// How many descriptors it has open.
    pub fn descriptors(self) -> usize {
        fs::read_dir(self.path("fd")).map_or(0, Iterator::count)
    }

    /// Changes how many descriptors it may have open, as far as it may change that itself; what that was.
    ///
    /// # Panics
    ///
    /// When it has ended, or is somebody else's.
    pub fn limit_descriptors(self, most: u64) -> u64 {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let pid = i32::try_from(self.0).ok().and_then(Pid::from_raw).expect("a pid");
        let maximum = rustix::process::getrlimit(Resource::Nofile).maximum;
        let limit = Rlimit { current: Some(most), maximum };
        let before = prlimit(Some(pid), Resource::Nofile, limit).expect("a process of ours");
        before.current.unwrap_or(u64::MAX)
    }

    /// How many threads it has.
    pub fn threads(self) -> usize {
        fs::read_dir(self.path("task")).map_or(0, Iterator::count)
    }

    /// How long it has had a processor, all its threads together.
    pub fn cpu(self) -> Duration {
        let threads = fs::read_dir(self.path("task")).into_iter().flatten().flatten();
        let nanos = threads.filter_map(|thread| {
            let schedule = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            schedule.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanos.sum())
    }

    /// Sends it a signal, whose name has no `SIG`. One that has ended does not mind.
    ///
    /// # Panics
    ///
    /// For a name that this does not know.
    pub fn signal(self, name: &str) {
        use rustix::process::{Pid, Signal, kill_process};
        let signal = match name {
            "ABRT" => Signal::ABORT,
            "CHLD" => Signal::CHILD,
            "CONT" => Signal::CONT,
            "HUP" => Signal::HUP,
            "INT" => Signal::INT,
            "KILL" => Signal::KILL,
            "QUIT" => Signal::QUIT,
            "STOP" => Signal::STOP,
            "TERM" => Signal::TERM,
            "TTIN" => Signal::TTIN,
            "TTOU" => Signal::TTOU,
            "USR1" => Signal::USR1,
            "USR2" => Signal::USR2,
            "WINCH" => Signal::WINCH,
            _ => panic!("{name} is no signal that tests send"),
        };
        if let Some(pid) = i32::try_from(self.0).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }

    fn path(self, name: &str) -> String {
        format!("/proc/{}/{name}", self.0)
    }

    fn stat(self) -> Option<Stat> {
        let text = fs::read_to_string(self.path("stat")).ok()?;
        // The name in parentheses may hold anything.
        let mut words = text.rsplit_once(')')?.1.split_ascii_whitespace();
        let state = words.next()?.chars().next()?;
        let parent = words.next()?.parse().ok()?;
        let started = words.nth(17)?.parse().ok()?;
        Some(Stat { process: self, state, parent, started })
    }
}

/// Sends it `TERM` and waits for its end; one that takes longer than ten seconds is killed with its children.
pub fn stop(child: &mut Child) {
    let process = Process(child.id());
    let start = Instant::now();
    if let Ok(None) = child.try_wait() {
        process.signal("TERM");
    }
    while let Ok(None) = child.try_wait() {
        if start.elapsed() > Duration::from_secs(10) {
            process.children().into_iter().for_each(|child| child.signal("KILL"));
            let _ = child.kill();
            let _ = child.wait();
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

struct Stat {
    process: Process,
    state: char,
    parent: u32,
    started: u64,
}

fn all() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok().map(Process))
}
