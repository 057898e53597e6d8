use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use impasto_server::control::{
    Control, GenerationState, GenerationStatus, LastReload, Outcome, Phase, Reply, Request,
    ServiceStatus, Status, Verdict, WorkerState, WorkerStatus, find,
};

use crate::support::Site;
use crate::terminal::Terminal;

const SOON: Duration = Duration::from_secs(20);

/// A process that is a master only as far as its control socket goes.
struct Master(Child);

impl Master {
    /// Starts one that serves the file of `site`, and answers as its `answers` says: a verdict or
    /// `silent`, and a text.
    fn of(site: &Site, answers: &str) -> Master {
        fs::write(site.path("answers"), answers).unwrap();
        let child = Command::new(env::current_exe().unwrap())
            .args(["running::is_a_master", "--exact", "--ignored", "--test-threads=1", "-q"])
            .env("MASTER_OF", site.path("api-paste.ini"))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + SOON;
        while find(&site.path("api-paste.ini")).is_err() {
            assert!(Instant::now() < until, "there is no master");
            sleep(Duration::from_millis(5));
        }
        Master(child)
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }

    /// The exit code, of one that has been told to end.
    fn end(&mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "runs as a process of the tests below"]
fn is_a_master() {
    let Ok(file) = env::var("MASTER_OF") else { return };
    let file = PathBuf::from(file);
    let mut control = Control::of(&file).unwrap();
    let until = Instant::now() + SOON;
    while Instant::now() < until {
        let now = Instant::now();
        for (client, request) in control.ready(now) {
            let answers = fs::read_to_string(file.with_file_name("answers")).unwrap();
            let (verdict, text) = answers.split_once(' ').unwrap_or((&answers, ""));
            let verdict = match verdict {
                "applied" => Verdict::Applied,
                "wrong" => Verdict::WrongConfiguration,
                "failed" => Verdict::Failed,
                _silent => continue,
            };
            let outcome = Outcome { verdict, text: text.to_owned() };
            match request {
                Request::Status => {
                    let status = Reply::Status(Box::new(status(&file, outcome)));
                    control.reply(client, &status, now);
                }
                Request::Reload => control.reply(client, &Reply::Reloaded(outcome), now),
                Request::Stop { now: true } => std::process::exit(0),
                Request::Stop { now: false } => {
                    control.reply(client, &Reply::Stopping, now);
                    sleep(Duration::from_millis(300));
                    std::process::exit(0);
                }
            }
        }
        sleep(Duration::from_millis(2));
    }
}

fn status(file: &Path, outcome: Outcome) -> Status {
    let worker = WorkerStatus {
        pid: 4712,
        state: WorkerState::Ready,
        age: Duration::from_secs(3),
        requests_in_flight: 2,
        connections: 7,
        revision: 1,
    };
    let service = ServiceStatus {
        name: "main".into(),
        addresses: vec!["http://127.0.0.1:8080".into()],
        wanted: 1,
        workers: vec![worker],
    };
    Status {
        pid: std::process::id(),
        file: file.to_owned(),
        version: "1.2.3".into(),
        uptime: Duration::from_secs(4),
        phase: Phase::Serving,
        generations: vec![GenerationStatus {
            id: 1,
            state: GenerationState::Current,
            services: vec![service],
        }],
        last_reload: Some(LastReload {
            when: SystemTime::UNIX_EPOCH,
            outcome,
            took: Duration::from_millis(12),
        }),
        upgrade: None,
    }
}

#[test]
fn a_reload_says_what_came_of_it() {
    let site = Site::new("");
    let _master = Master::of(&site, "");
    for (answers, code, out, err) in [
        ("applied filter `a` was added\n", 0, "filter `a` was added\n", ""),
        ("wrong api-paste.ini:3: no\nb\n", 4, "", "api-paste.ini:3: no\nb\n"),
        ("failed no threads", 1, "", "no threads\n"),
    ] {
        fs::write(site.path("answers"), answers).unwrap();
        let ran = site.run(&["reload"]);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(code), out, err));
        let ran = site.run(&["reload", "--json"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(code), ""));
        let verdict = ["applied", "failed", "", "", "wrong_configuration"][code as usize];
        assert_eq!(ran.json()["verdict"], verdict);
        assert_eq!(ran.json()["text"], answers.split_once(' ').unwrap().1);
    }
}

#[test]
fn a_status_is_text_or_json() {
    let site = Site::new("");
    let master = Master::of(&site, "applied nothing changed");
    let (pid, file) = (master.pid(), site.path("api-paste.ini"));
    let ran = site.run(&["status", file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let first =
        format!("impasto 1.2.3 serves {}\n  serving, process {pid}, for 4s\n", file.display());
    assert!(ran.out.starts_with(&first), "{}", ran.out);
    assert!(ran.out.contains("\n  main on http://127.0.0.1:8080: 1 worker\n"), "{}", ran.out);
    let json = site.run(&["status", "--json"]).json();
    assert_eq!(json["pid"], pid);
    assert_eq!(json["uptime"], 4.0);
    assert_eq!(json["generations"][0]["services"][0]["workers"][0]["requests_in_flight"], 2);
    assert_eq!(json["last_reload"]["when"], "1970-01-01T00:00:00.000Z");
    assert_eq!(json["last_reload"]["verdict"], "applied");
}

#[test]
fn a_stop_waits_for_the_end() {
    let site = Site::new("");
    for words in [&["stop"][..], &["stop", "--now"]] {
        let mut master = Master::of(&site, "applied");
        let ran = site.run(words);
        let expected = format!("process {} has ended\n", master.pid());
        assert_eq!((ran.code, ran.out, ran.err), (Some(0), expected, String::new()));
        assert_eq!(master.end(), Some(0));
    }
    let master = Master::of(&site, "applied");
    let ran = site.run(&["stop", "--timeout", "10ms"]);
    let expected = format!("error: process {} has not ended within 10ms\n", master.pid());
    assert_eq!((ran.code, ran.out, ran.err), (Some(1), String::new(), expected));
}

#[test]
fn a_master_is_found_by_its_pid_file() {
    let site = Site::new("");
    let master = Master::of(&site, "applied");
    let pid = master.pid();
    fs::write(site.path("pid"), format!("{pid}\n")).unwrap();
    let json = site.run(&["status", "--json", "--pid-file", "pid"]).json();
    assert_eq!(json["pid"], pid);
    drop(master);
    let ran = site.run(&["status", "--pid-file", "pid"]);
    let expected = format!("error: no process {pid} of this user serves\n");
    assert_eq!((ran.code, ran.err), (Some(1), expected));
    fs::write(site.path("pid"), "what?").unwrap();
    let ran = site.run(&["stop", "--pid-file", "pid"]);
    let expected = "error: cannot read the pid file `pid`: it is no pid file\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), expected));
}

#[test]
fn it_is_said_when_nothing_runs_or_nothing_answers() {
    let site = Site::new("");
    let file = site.path("api-paste.ini");
    for command in ["reload", "stop", "status"] {
        let ran = site.run(&[command]);
        let expected = format!("error: nothing of this user serves `{}`\n", file.display());
        assert_eq!((ran.code, ran.out, ran.err), (Some(1), String::new(), expected));
    }
    let master = Master::of(&site, "silent");
    let ran = site.run(&["reload", "--timeout", "50ms"]);
    let expected = format!("error: process {} has not answered within 50ms\n", master.pid());
    assert_eq!((ran.code, ran.out, ran.err), (Some(1), String::new(), expected));
}

#[test]
fn who_waits_at_a_terminal_is_told_what_for() {
    let site = Site::new("");
    let master = Master::of(&site, "silent");
    let mut terminal = Terminal::bash(&site);
    let program = env!("CARGO_BIN_EXE_impasto");
    terminal.types(&format!("'{program}' reload --timeout 2s\n"));
    let shown = terminal.shows("has not answered within 2s");
    let told = format!("waiting for an answer of process {}", master.pid());
    assert_eq!(shown.matches(&told).count(), 1, "{shown}");
    // Where an answer comes soon, nothing is said; and never into a file.
    terminal.types(&format!("'{program}' reload --timeout 50ms; echo en''d\n"));
    assert!(!terminal.shows("end").contains("waiting"));
    terminal.types(&format!("'{program}' reload --timeout 2s 2> log; grep -c waiting log\n"));
    terminal.shows("\n0");
    terminal.types("exit\n");
}
