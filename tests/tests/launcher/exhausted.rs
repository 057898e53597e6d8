use std::process::Command;
use std::time::{Duration, Instant};

use impasto_tests::processes::Process;

use crate::support::{Launched, answer, ask, file, free_address, get, mix, wait};

/// `impasto serve`, as a shell starts it: `$0 $@` is the command.
fn by_shell(script: &str, text: &str) -> Launched {
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_impasto-tests"), "serve", "api-paste.ini"]);
    Launched::of(shell, text)
}

/// Waits until an address answers.
fn answers(address: &str) {
    wait("an answer", || get(address, "/").is_ok_and(|it| it.starts_with("HTTP/1.1 200")));
}

#[test]
fn a_worker_without_descriptors_waits_for_some() {
    let address = free_address();
    let launched =
        by_shell("ulimit -n 64; exec \"$0\" \"$@\"", &file(1, &format!("listen = {address}")));
    answers(&address);
    let workers = launched.settled(1);
    let before = (launched.master().cpu(), workers[0].cpu());
    let start = Instant::now();
    // Some of them wait in the queue of the listener. None says anything.
    let many: Vec<_> = (0..150).map(|_| std::net::TcpStream::connect(&address)).collect();
    std::thread::sleep(Duration::from_secs(3));
    let passed = start.elapsed();
    let cpu = (launched.master().cpu() - before.0, workers[0].cpu() - before.1);
    println!("{cpu:?} of a processor in {passed:?}");
    assert!(cpu.0 + cpu.1 < passed / 5, "{cpu:?} of {passed:?}");
    drop(many);
    answers(&address);
    launched.server().signal("HUP");
    wait("a reload", || launched.ended() == 1);
    answers(&address);
    assert_eq!(launched.workers(), workers);
    assert!(launched.server().err().lines().count() < 30, "{}", launched.server().err());
}

/// It may be the app that has them: no count of connections tells.
#[test]
fn what_one_worker_cannot_accept_another_does_or_it_waits() {
    let launched = Launched::serve(&file(1, "workers = 2"));
    let (address, workers) = (launched.address(), launched.settled(2));
    let load = launched.load(mix(), 1);
    load.more(100);
    let limit = |worker: Process| worker.limit_descriptors(worker.descriptors() as u64);
    let before = limit(workers[0]);
    load.more(2_000);
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");

    // Now nobody can, and nobody loses more than patience.
    workers.iter().for_each(|worker| _ = limit(*worker));
    let cpu = || workers.iter().map(|worker| worker.cpu()).sum::<Duration>();
    let (start, began) = (Instant::now(), cpu());
    let waiting: Vec<_> = (0..50).map(|_| ask(&address, "/").expect("it listens")).collect();
    std::thread::sleep(Duration::from_secs(3));
    let (passed, took) = (start.elapsed(), cpu() - began);
    assert!(took < passed / 5, "{took:?} of {passed:?}");
    let start = Instant::now();
    workers.iter().for_each(|worker| _ = worker.limit_descriptors(before));
    for waiting in waiting {
        let answer = answer(waiting).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    println!("{took:?} of a processor in {passed:?}, answered after {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(1));
    let lines = launched.server().err().matches("cannot accept connections").count();
    assert!((1..6).contains(&lines), "{}", launched.server().err());
    assert_eq!(launched.workers(), workers);
}

#[test]
fn nobody_needs_to_listen_to_it() {
    let address = free_address();
    let text = file(1, &format!("workers = 2\nlisten = {address}"));
    let text = text
        .replace("pipeline = revision", "pipeline = revision access_log")
        .replace("[app:text]", "[filter:access_log]\nuse = egg:impasto#access_log\n[app:text]");
    for script in [
        "exec \"$0\" \"$@\" <&- >&- 2>&-",
        "exec \"$0\" \"$@\" >/dev/full 2>/dev/full",
        "exec \"$0\" \"$@\" 2>&1 | true",
    ] {
        let launched = by_shell(script, &text);
        answers(&address);
        // With a pipe, the shell is the parent of the master.
        let master = match launched.workers().first() {
            Some(child) if child.workers().len() == 2 => *child,
            _ => launched.master(),
        };
        wait("workers", || master.workers().len() == 2);
        let workers = master.workers();
        launched.server().rewrite(&text.replace("revision 1", "revision 2"));
        master.signal("HUP");
        wait("another text", || get(&address, "/").is_ok_and(|it| it.ends_with("revision 2")));
        for _ in 0..50 {
            let answer = get(&address, "/").expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 200"), "{script}: {answer}");
        }
        let _ = ask(&address, "/fault/panic").map(drop);
        master.signal("TERM");
        wait("the end", || !workers.iter().chain([&master]).any(|process| process.runs()));
    }
}

#[test]
fn a_log_that_nobody_reads_holds_nobody_up() {
    // What is open for reading, and full after some hundred lines: a pipe, and a socket as the journal's.
    let socket = "import os, socket, sys\n\
        reads, writes = socket.socketpair()\n\
        reads.set_inheritable(True)\n\
        os.dup2(writes.fileno(), 2)\n\
        os.execv(sys.argv[1], sys.argv[1:])";
    for script in [
        "mkfifo log; exec 9<>log; exec \"$0\" \"$@\" 2>&9".to_owned(),
        format!("exec python3 -c '{socket}' \"$0\" \"$@\""),
    ] {
        let address = free_address();
        let text = file(1, &format!("listen = {address}"));
        let launched = by_shell(&script, &text);
        answers(&address);
        for _ in 0..1_000 {
            let answer = get(&address, "/fault/panic").expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
        }
        let wrong = text.replace("pipeline = revision", "pipeline = gone");
        launched.server().rewrite(&wrong);
        launched.server().signal("HUP");
        let verdict = || launched.status()["last_reload"]["verdict"].clone();
        wait("an end of the reload", || verdict() == "wrong_configuration");
        launched.server().rewrite(&text.replace("revision 1", "revision 2"));
        launched.server().signal("HUP");
        wait("another text", || get(&address, "/").is_ok_and(|it| it.ends_with("revision 2")));
        assert_eq!(launched.into_server().stop().code, Some(0));
    }
}
