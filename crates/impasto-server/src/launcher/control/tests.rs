//! Both sides together.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::*;

const SOON: Duration = Duration::from_secs(10);

/// Waits as a poll loop does.
fn next(control: &mut Control) -> Vec<(Client, Request)> {
    let until = Instant::now() + SOON;
    loop {
        let asked = control.ready(Instant::now());
        if !asked.is_empty() {
            return asked;
        }
        assert!(Instant::now() < until, "nothing was asked");
        poll(&mut [PollFd::new(&*control, PollFlags::IN)], Some(&timespec(SOON))).unwrap();
    }
}

fn timespec(time: Duration) -> Timespec {
    Timespec::try_from(time).unwrap()
}

fn is_readable(control: &Control) -> bool {
    poll(&mut [PollFd::new(control, PollFlags::IN)], Some(&timespec(Duration::ZERO))).unwrap() > 0
}

fn status() -> Status {
    Status {
        pid: 7,
        file: PathBuf::from("/etc/a.ini"),
        version: "1.2.3".into(),
        uptime: Duration::from_secs(90),
        phase: Phase::Serving,
        generations: vec![GenerationStatus {
            id: 1,
            state: GenerationState::Current,
            services: vec![ServiceStatus {
                name: "main".into(),
                addresses: vec!["http://127.0.0.1:8080".into()],
                wanted: 1,
                workers: vec![WorkerStatus {
                    pid: 8,
                    state: WorkerState::Ready,
                    age: Duration::from_millis(89_500),
                    requests_in_flight: 3,
                    connections: 5,
                    revision: 2,
                }],
            }],
        }],
        last_reload: Some(LastReload {
            when: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
            outcome: Outcome { verdict: Verdict::Applied, text: "nothing changed".into() },
            took: Duration::from_millis(12),
        }),
        upgrade: None,
    }
}

/// Asks in another thread.
fn ask(path: &Path, request: Request) -> std::thread::JoinHandle<std::io::Result<Reply>> {
    let path = path.to_owned();
    std::thread::spawn(move || Running::at(&path)?.ask(&request, SOON))
}

#[test]
fn what_is_asked_is_answered() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.sock");
    let mut control = Control::bind(&path).unwrap();
    assert_eq!(control.path(), path);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    // One waits for its reload while another looks on.
    let reload = ask(&path, Request::Reload);
    let (reloading, request) = next(&mut control)[0].clone();
    assert_eq!(request, Request::Reload);
    let looking = ask(&path, Request::Status);
    let (client, request) = next(&mut control)[0].clone();
    assert_eq!(request, Request::Status);
    let now = Instant::now();
    control.reply(client, &Reply::Status(Box::new(status())), now);
    assert_eq!(looking.join().unwrap().unwrap(), Reply::Status(Box::new(status())));

    // However long it takes.
    control.ready(now + Duration::from_secs(3600));
    let outcome = Outcome { verdict: Verdict::WrongConfiguration, text: "ä\nb".into() };
    control.reply(reloading, &Reply::Reloaded(outcome.clone()), now);
    assert_eq!(reload.join().unwrap().unwrap(), Reply::Reloaded(outcome));
    control.reply(reloading, &Reply::Stopping, now);
    assert_eq!(control.deadline(), None);
}

#[test]
fn who_has_gone_is_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.sock");
    let mut control = Control::bind(&path).unwrap();
    let mut client = UnixStream::connect(&path).unwrap();
    client.write_all(b"\"reload\"\n").unwrap();
    let (reloading, _) = next(&mut control)[0];
    assert!(!is_readable(&control));
    drop(client);
    assert!(is_readable(&control));
    assert_eq!(control.ready(Instant::now()), []);
    assert!(!is_readable(&control));
    let outcome = Outcome { verdict: Verdict::Failed, text: String::new() };
    control.reply(reloading, &Reply::Reloaded(outcome), Instant::now());

    // One that asks and goes is heard.
    let mut client = UnixStream::connect(&path).unwrap();
    client.write_all(b"\"reload\"\n").unwrap();
    drop(client);
    assert_eq!(next(&mut control)[0].1, Request::Reload);
    assert_eq!(control.ready(Instant::now()), []);
    assert!(!is_readable(&control));
}

#[test]
fn silence_and_noise_are_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.sock");
    let mut control = Control::bind(&path).unwrap();
    let begun = Instant::now();
    let mut silent = UnixStream::connect(&path).unwrap();
    assert_eq!(control.ready(begun), []);
    assert_eq!(control.deadline(), Some(begun + Duration::from_secs(5)));
    control.ready(begun + Duration::from_secs(6));
    assert_eq!(silent.read(&mut [0]).unwrap(), 0);

    let mut noisy = UnixStream::connect(&path).unwrap();
    noisy.write_all(b"\"what?\"\n").unwrap();
    // It is let in, and then heard.
    assert_eq!(control.ready(Instant::now()), []);
    assert_eq!(control.ready(Instant::now()), []);
    let mut reply = String::new();
    noisy.read_to_string(&mut reply).unwrap();
    let Reply::Refused(why) = serde_json::from_str(&reply).unwrap() else { panic!("{reply}") };
    assert!(why.starts_with("not understood"), "{why}");
}

#[test]
fn a_crowd_does_not_keep_the_master_busy() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.sock");
    let mut control = Control::bind(&path).unwrap();
    let crowd: Vec<_> = (0..64).map(|_| UnixStream::connect(&path).unwrap()).collect();
    control.ready(Instant::now());
    let one_more = ask(&path, Request::Status);
    while !one_more.is_finished() {
        control.ready(Instant::now());
    }
    // It may have been cut off while it was still asking.
    match one_more.join().unwrap() {
        Ok(reply) => assert_eq!(reply, Reply::Refused("too many clients".into())),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe, "{error}"),
    }
    drop(crowd);
    let looking = ask(&path, Request::Status);
    let (client, _) = next(&mut control)[0];
    control.reply(client, &Reply::Stopping, Instant::now());
    assert_eq!(looking.join().unwrap().unwrap(), Reply::Stopping);
}

#[test]
fn a_dead_master_s_socket_is_replaced_and_a_live_one_s_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.sock");
    let dead = std::os::unix::net::UnixListener::bind(&path).unwrap();
    drop(dead);
    assert!(Running::at(&path).is_err());
    let first = Control::bind(&path).unwrap();
    let second = Control::bind(&path).unwrap_err();
    assert!(matches!(&second, NoControl::Taken(taken) if *taken == path), "{second}");

    // Those of other files are swept away, but nothing that may be somebody else's.
    let others = ["a-0123456789abcdef.sock", "app.sock"].map(|name| directory.path().join(name));
    others.iter().for_each(|path| drop(std::os::unix::net::UnixListener::bind(path).unwrap()));
    let successor = Control::bind_over(&path).unwrap();
    assert_eq!(others.map(|path| path.exists()), [false, true]);
    drop(first);
    assert!(Running::at(&path).is_ok());
    drop(successor);
    assert!(!path.exists());
    // Nothing but the lock is left of ours.
    assert_eq!(directory.path().read_dir().unwrap().count(), 2);
}

#[test]
fn the_end_of_a_master_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.sock");
    let control = Control::bind(&path).unwrap();
    let running = Running::at(&path).unwrap();
    assert_eq!(running.pid(), Some(std::process::id()));
    assert!(!running.wait(Duration::from_millis(20)));
    let late = running.ask(&Request::Status, Duration::from_millis(20)).unwrap_err();
    assert_eq!(late.kind(), std::io::ErrorKind::TimedOut);
    let asked = ask(&path, Request::Reload);
    std::thread::sleep(Duration::from_millis(20));
    drop(control);
    // It depends on whether it had connected and asked already.
    assert!(asked.join().unwrap().is_err());
    let gone = running.ask(&Request::Status, SOON).unwrap_err();
    assert_eq!(gone.kind(), std::io::ErrorKind::NotFound);
}
