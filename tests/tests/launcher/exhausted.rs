use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{Launched, ask, file, free_address, get, wait};

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
