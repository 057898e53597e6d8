use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{Launched, file, get, is_long, wait};

fn faulty(fault: &str, server: &str) -> String {
    let text = file(1, server);
    text.replace("#fault", &format!("#fault\nat_start = {fault}"))
}

#[test]
fn workers_that_die_as_they_start_are_not_started_without_end() {
    let seconds = if is_long() { 30 } else { 6 };
    let text = faulty("exit", &format!("workers = 2\nstartup_timeout = {seconds}s"));
    let launched = Launched::start(&text, &[]);
    std::thread::sleep(Duration::from_secs(seconds - 1));
    let cpu = launched.master().cpu();
    let ended = launched.into_server().end();
    let starts = ended.err.matches("a worker ended").count();
    println!("{starts} starts, {cpu:?} of a processor in {seconds} s");
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!((3..12).contains(&starts), "{starts}: {}", ended.err);
    assert!(cpu < Duration::from_millis(1_000), "{cpu:?}");
    assert!(ended.err.contains("no worker became ready"), "{}", ended.err);
}

#[test]
fn workers_that_never_come_to_an_end_of_their_start_are_given_up() {
    let start = Instant::now();
    let launched = Launched::start(&faulty("hang", "workers = 2\nstartup_timeout = 2s"), &[]);
    wait("workers", || launched.workers().len() == 2);
    let workers = launched.workers();
    let ended = launched.into_server().end();
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(start.elapsed() < Duration::from_secs(15));
    assert!(workers.iter().all(|worker| !worker.runs()));
}

#[test]
fn what_is_wrong_with_a_file_is_said_once() {
    for text in [
        faulty("fail", "workers = 3"),
        faulty("panic", "workers = 3"),
        file(1, "workers = 3").replace("number = 1", "number = many"),
        file(1, "workers = many"),
        file(1, "workers = 3").replace("pipeline:main", "pipeline:other"),
    ] {
        let ended = Launched::start(&text, &[]).into_server().end();
        assert_eq!((ended.code, ended.out.as_str()), (Some(4), ""), "{}", ended.err);
        assert_eq!(ended.err.matches("error[").count(), 1, "{}", ended.err);
    }
}

#[test]
fn an_app_that_cannot_be_created_ends_the_start_of_all() {
    let app = |name: &str, at_start: &str| {
        format!(
            "[app:{name}]\nuse = egg:impasto-tests#fault\nat_start = {at_start}\n\
             [server:{name}]\nuse = egg:impasto#http\nport = 0\n"
        )
    };
    // One is ready before the other fails; and one may be in the way of telling everything.
    for other in ["none", "hang"] {
        let start = Instant::now();
        let text = app("main", "late") + &app("other", other);
        let launched = Launched::start(&text, &["main", "other"]);
        let ended = launched.into_server().end();
        assert_eq!((ended.code, ended.out.as_str()), (Some(4), ""), "{other}: {}", ended.err);
        assert_eq!(ended.err.matches("after all that time").count(), 1, "{}", ended.err);
        assert!(start.elapsed() < Duration::from_secs(15), "{other}: {:?}", start.elapsed());
    }
}

#[test]
fn an_app_that_nobody_asks_for_delays_no_start() {
    let text = file(1, "startup_timeout = 5s")
        + "[app:other]\nuse = egg:impasto-tests#fault\nat_start = hang\n";
    let launched = Launched::serve(&text);
    assert!(get(&launched.address(), "/").is_ok_and(|it| it.starts_with("HTTP/1.1 200")));
    let ended = launched.into_server().stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it has one");
    let text = file(1, &format!("workers = 2\nlisten = {address}"));
    let ended = Launched::start(&text, &[]).into_server().end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(5), ""));
    assert!(ended.err.contains(&format!("cannot listen on {address}")), "{}", ended.err);
}

#[test]
fn a_loop_that_begins_later_does_not_end_the_master() {
    let launched = Launched::serve(&file(1, "workers = 2\nstartup_timeout = 3s"));
    let address = launched.address();
    for _ in 0..6 {
        let _ = get(&address, "/fault/exit");
    }
    std::thread::sleep(Duration::from_secs(1));
    wait("an answer", || get(&address, "/").is_ok_and(|it| it.starts_with("HTTP/1.1 200")));
    assert!(launched.master().runs());
}

#[test]
fn a_start_without_a_limit_takes_its_time() {
    for limit in ["0", "9999999999999s"] {
        let text = file(1, &format!("workers = 1\nstartup_timeout = {limit}"));
        let launched = Launched::serve(&text);
        let address = launched.address();
        assert!(get(&address, "/").is_ok_and(|it| it.starts_with("HTTP/1.1 200")));
        assert_eq!(launched.into_server().stop().code, Some(0));
    }
}

#[test]
fn a_worker_that_gets_no_threads_ends_at_once() {
    let text =
        file(1, "workers = 1\nstartup_timeout = 5s").replace("threads = 2", "threads = 4000");
    let mut command = Command::new("sh");
    // Stacks of 2 MiB.
    let limited = "ulimit -v 4000000; exec \"$0\" serve";
    command.args(["-c", limited, env!("CARGO_BIN_EXE_impasto-tests")]);
    let ended = Launched::of(command, &text).into_server().end();
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(
        ended.err.contains("a worker ended") && ended.err.contains("status=70"),
        "{}",
        ended.err
    );
    assert!(!ended.err.contains("did not end in time"), "{}", ended.err);
}
