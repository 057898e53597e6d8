use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Instant;

use impasto_tests::processes::Process;
use tempfile::TempDir;

use crate::support::{Launched, PATIENCE, answer, ask, file, get, mix, times, wait};

const SERVER: &str = "workers = 2\npid_file = %(here)s/pid\nstartup_timeout = 3s";

/// A program that can be replaced, and whichever master it is that serves.
struct Upgradable {
    launched: Launched,
    binary: TempDir,
}

impl Upgradable {
    fn serve(text: &str) -> Upgradable {
        let binary = tempfile::tempdir().expect("a directory");
        let path = binary.path().join("impasto");
        fs::copy(env!("CARGO_BIN_EXE_impasto-tests"), &path).expect("a copy");
        let mut command = Command::new(path);
        command.args(["serve", "api-paste.ini"]);
        let launched = Launched::of(command, text);
        launched.address();
        Upgradable { launched, binary }
    }

    /// Puts another file where the program is, in one step: the one that runs cannot be written to.
    fn replace(&self, with: impl AsRef<Path>) {
        let new = self.binary.path().join("new");
        fs::copy(with, &new).expect("a copy");
        fs::rename(new, self.binary.path().join("impasto")).expect("renamed");
    }

    fn replace_by(&self, text: &str) {
        let path = self.binary.path().join("text");
        fs::write(&path, text).expect("writable");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("ours");
        self.replace(path);
    }

    fn pid_file(&self) -> PathBuf {
        self.launched.server().path("pid")
    }

    /// The master that the pid file names.
    fn master(&self) -> Option<Process> {
        fs::read_to_string(self.pid_file()).ok()?.trim().parse().ok().map(Process)
    }

    /// Has another master take over; that one.
    fn upgrade(&self) -> Process {
        let old = self.master().expect("a pid file");
        let workers = old.workers();
        let start = Instant::now();
        old.signal("USR2");
        wait("another master", || self.master().is_some_and(|it| it != old));
        let took = start.elapsed();
        let new = self.master().expect("a pid file");
        wait("the end of the old master", || !old.runs());
        println!("served by {new:?} after {took:?}, alone after {:?}", start.elapsed());
        assert!(workers.iter().all(|worker| !worker.runs()), "it has waited for its workers");
        assert!(!self.second().exists());
        new
    }

    fn second(&self) -> PathBuf {
        self.launched.server().path("pid.2")
    }

    /// Waits until the log has so many times this text.
    fn told(&self, text: &str, times: usize) {
        self.launched.server().told(text, times);
    }
}

impl Drop for Upgradable {
    fn drop(&mut self) {
        // A master that is no child of ours is nobody else's to end.
        let Some(master) = self.master().filter(|it| *it != self.launched.master()) else { return };
        master.signal("STOP");
        master.children().into_iter().chain([master]).for_each(|it| it.signal("KILL"));
    }
}

#[test]
fn no_request_notices_another_binary() {
    let served = Upgradable::serve(&file(1, SERVER));
    let load = served.launched.load(mix(), 1);
    for revision in 2..2 + times(3, 20) as u64 {
        served.replace(env!("CARGO_BIN_EXE_impasto-tests"));
        served.launched.server().rewrite(&file(revision, SERVER));
        load.more(100);
        let new = served.upgrade();
        load.expected().least.store(revision, Ordering::SeqCst);
        load.more(100);
        let status = served.launched.status();
        assert_eq!(status["pid"], new.0, "{status}");
        assert_eq!(status["phase"], "serving", "{status}");
        assert_eq!(new.workers().len(), 2);
    }
    let tally = load.stop();
    println!("{tally}");
    assert_eq!(tally.failed(), 0, "{tally}");
    let last = served.master().expect("a pid file");
    last.signal("TERM");
    wait("the end", || !last.runs());
    assert!(!served.pid_file().exists());
}

#[test]
fn a_binary_or_a_file_that_cannot_serve_changes_nothing() {
    let right = file(1, SERVER);
    let served = Upgradable::serve(&right);
    let (master, workers) = (served.launched.master(), served.launched.settled(2));
    let load = served.launched.load(mix(), 1);
    let faulty = |fault: &str| right.replace("#fault", &format!("#fault\nat_start = {fault}"));
    let scripts = ["exit 0", "exit 1", "kill -SEGV $$", "exec sleep 1000"];
    let files = [right.replace("#echo", "#ohce"), faulty("exit"), faulty("hang"), String::new()];
    let mut failures = 0;
    let mut fails = |what: &str| {
        master.signal("USR2");
        failures += 1;
        let start = Instant::now();
        let mut started = Vec::new();
        while served.launched.server().err().matches("not upgraded").count() < failures {
            let children = master.workers().into_iter().filter(|it| !workers.contains(it));
            for new in children {
                started.extend(new.children().into_iter().chain([new]));
            }
            assert!(start.elapsed() < PATIENCE, "{what}: {}", served.launched.server().err());
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        wait(what, || !started.iter().any(|it| it.runs()) && master.children() == workers);
        assert!(!served.second().exists(), "{what}");
        assert_eq!(served.master(), Some(master), "{what}");
        assert_eq!(served.launched.status()["pid"], master.0, "{what}");
        load.more(20);
    };
    for script in scripts {
        served.replace_by(&format!("#!/bin/sh\n{script}\n"));
        fails(script);
    }
    served.replace_by("");
    fails("an empty file");
    fs::remove_file(served.binary.path().join("impasto")).expect("it is there");
    fails("no file");
    served.replace(env!("CARGO_BIN_EXE_impasto-tests"));
    for text in files {
        served.launched.server().rewrite(&text);
        fails(&text);
    }
    served.launched.server().rewrite(&file(2, SERVER));
    served.upgrade();
    load.expected().least.store(2, Ordering::SeqCst);
    load.more(100);
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
}

#[test]
fn there_is_one_upgrade_at_a_time_and_a_stop_ends_it() {
    // Long enough to look at an upgrade that does not end, on a busy machine too.
    let server = SERVER.replace("startup_timeout = 3s", "startup_timeout = 12s");
    let served = Upgradable::serve(&file(1, &server));
    let (master, address) = (served.launched.master(), served.launched.address());
    let workers = served.launched.settled(2);
    served.replace_by("#!/bin/sh\nexec sleep 1000\n");
    let others = || master.workers().into_iter().filter(|it| !workers.contains(it));
    master.signal("USR2");
    wait("a new master", || others().count() == 1);
    master.signal("USR2");
    served.told("not upgraded: a start, a reload, an upgrade or a stop is under way", 1);
    assert_eq!((others().count(), &served.launched.status()["phase"]), (1, &"upgrading".into()));
    // A reload waits for its end, and then is done.
    served.launched.server().rewrite(&file(2, &server));
    master.signal("HUP");
    served.told(": reloaded", 1);
    assert_eq!(others().count(), 0);
    assert!(get(&address, "/").expect("an answer").ends_with("revision 2"));

    let slow = ask(&address, "/slow").expect("it listens");
    slow.peek(&mut [0]).expect("a head");
    master.signal("USR2");
    wait("a new master", || others().count() == 1);
    let new = others().next().expect("one");
    master.signal("TERM");
    assert!(answer(slow).expect("an answer").ends_with("0\r\n\r\n"));
    wait("the end", || !master.runs() && !new.runs());
    assert!(!served.pid_file().exists() && !served.second().exists());
}
