use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::Ordering;

use crate::support::{Launched, answer, ask, file, free_address, get, mix, times, wait};

#[test]
fn no_request_notices_that_other_workers_answer() {
    let mut launched = Launched::serve(&file(1, "workers = 2"));
    let load = launched.load(mix(), 1);
    for revision in 2..2 + times(8, 60) as u64 {
        let before = launched.workers();
        let workers = [1, 3, 2, 4][revision as usize % 4];
        let other = ["", "backlog = 512", "startup_timeout = 20s"][revision as usize % 3];
        launched.reload(&file(revision, &format!("workers = {workers}\n{other}")));
        load.more(100);
        let after = launched.settled(workers);
        assert!(after.iter().all(|worker| !before.contains(worker)), "a generation is complete");
        // Those that drained a moment ago had the old stack.
        load.expected().least.store(revision, Ordering::SeqCst);
        load.more(100);
    }
    let tally = load.stop();
    println!("{tally}");
    assert_eq!(tally.failed(), 0, "{tally}");
}

#[test]
fn generations_that_follow_at_once_cut_nobody() {
    let mut launched = Launched::serve(&file(1, "workers = 1"));
    let load = launched.load(mix(), 1);
    for revision in 2..2 + times(6, 40) as u64 {
        launched.reload(&file(revision, &format!("workers = {}", 1 + revision % 2)));
        load.more(50);
    }
    let tally = load.stop();
    println!("{tally}");
    assert_eq!(tally.failed(), 0, "{tally}");
}

#[test]
fn addresses_come_and_go() {
    let (always, sometimes) = (free_address(), free_address());
    let only = format!("workers = 2\nlisten = {always}");
    let both = format!("workers = 2\nlisten = {always} {sometimes}");
    let mut launched = Launched::serve(&file(1, &only));
    let load = launched.load(mix(), 1);
    for revision in 0..times(3, 25) as u64 {
        assert!(get(&sometimes, "/").is_err());
        launched.reload(&file(2 * revision + 2, &both));
        assert!(get(&sometimes, "/").expect("an answer").starts_with("HTTP/1.1 200"));
        load.more(100);
        let slow = ask(&sometimes, "/slow").expect("it listens");
        launched.settled(2);
        launched.reload(&file(2 * revision + 3, &only));
        wait("nobody listens", || get(&sometimes, "/").is_err());
        let slow = answer(slow).expect("an answer");
        assert!(slow.contains("line 8\n") && slow.ends_with("0\r\n\r\n"), "{slow}");
        launched.settled(2);
    }
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
}

#[test]
fn an_address_that_is_taken_refuses_a_reload() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().map(|it| (taken, it)).expect("it has one");
    let address = free_address();
    let mut launched = Launched::serve(&file(1, &format!("workers = 2\nlisten = {address}")));
    let workers = launched.settled(2);
    let load = launched.load(mix(), 1);
    let said = launched.refuse(&file(2, &format!("listen = {address} {}", taken.1)));
    assert!(said.contains(&format!("cannot listen on {}", taken.1)), "{said}");
    load.more(100);
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
    assert_eq!(launched.workers(), workers);
}

#[test]
fn a_generation_that_cannot_start_is_given_up() {
    let mut launched = Launched::serve(&file(1, "workers = 2"));
    let workers = launched.settled(2);
    let load = launched.load(mix(), 1);
    for (fault, also) in
        [("exit", ""), ("panic", ""), ("fail", ""), ("hang", "startup_timeout = 2s")]
    {
        let fault = format!("use = egg:impasto-tests#fault\nat_start = {fault}");
        let text = file(2, &format!("workers = 3\n{also}"));
        launched.refuse(&text.replace("use = egg:impasto-tests#fault", &fault));
        launched.settled(2);
        load.more(50);
        assert_eq!(launched.workers(), workers, "{fault}");
    }
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
}

#[test]
fn what_a_socket_is_like_changes_while_it_listens() {
    let address = free_address();
    let with = |more: &str| format!("listen = {address} unix:socket\nsocket_mode = 0{more}");
    let mut launched = Launched::serve(&file(1, &with("600")));
    let path = launched.server().path("socket");
    let load = launched.load(mix(), 1);
    launched.reload(&file(2, &with("660\nbacklog = 200\ntcp_keepalive = 1m")));
    launched.settled(1);
    load.more(50);
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
    let mode = std::fs::metadata(path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
}

#[test]
fn free_ports_of_several_services_are_kept_apart() {
    let text = file(1, "").replace("[pipeline:main]", "[app:other]\nuse = text\n[pipeline:main]");
    let mut launched = Launched::start(&text, &["main", "other"]);
    let addresses = launched.server().addresses(2);
    launched.settled(2);
    launched.reload(&text.replace("revision 1", "revision 2"));
    for (name, address) in &addresses {
        let address = address.trim_start_matches("http://");
        for _ in 0..4 {
            let answer = get(address, "/").expect("an answer");
            assert_eq!(answer.contains("x-revision"), name == "main", "{name}: {answer}");
            assert!(answer.ends_with("revision 2"), "{answer}");
        }
    }
}
