use std::process::Command;

use crate::support::{Launched, file, mix, times};

const SERVER: &str = "workers = 2";

/// A part of the file, what it is replaced with, and what is said about it; `LINE` is the line of the
/// part.
const WRONG: &[(&str, &str, &str)] = &[
    ("[pipeline:main]", "pipeline = main", "api-paste.ini:LINE"),
    ("[pipeline:main]", "[pipeline:main", "api-paste.ini:LINE"),
    ("[pipeline:main]", "[pipeline:other]", "main"),
    ("pipeline = revision", "pipeline = nothing revision", "api-paste.ini:LINE"),
    ("pipeline = revision", "pipeline = text revision", "api-paste.ini:LINE"),
    ("revision secure_headers apps", "", "api-paste.ini:LINE"),
    ("pipeline = revision", "pipeline = %(nowhere)s revision", "api-paste.ini:LINE"),
    ("number = 1", "number = 1\nnumber = 1", "api-paste.ini:"),
    ("number = 1", "number = many", "api-paste.ini:LINE"),
    ("number = 1", "number = -1", "api-paste.ini:LINE"),
    ("number = 1", "count = 1", "api-paste.ini:LINE"),
    ("timeout = 60s", "timeout = soon", "api-paste.ini:LINE"),
    ("use = egg:impasto-tests#revision", "use = egg:impasto-tests#revison", "api-paste.ini:LINE"),
    ("use = egg:impasto-tests#revision", "use = egg:nowhere#revision", "api-paste.ini:LINE"),
    ("use = egg:impasto-tests#revision", "use = config:nowhere.ini", "api-paste.ini:LINE"),
    ("use = egg:impasto-tests#revision", "use = revision", "api-paste.ini:LINE"),
    ("use = egg:impasto-tests#echo", "use = egg:impasto-tests#revision", "api-paste.ini:LINE"),
    ("use = egg:impasto#urlmap", "use = egg:impasto#urlmap\n/ = echo", "api-paste.ini:"),
    ("/ = text", "/ = nowhere", "api-paste.ini:LINE"),
    ("body = revision 1", "body = revision 1\nstatus = 99", "api-paste.ini:"),
    ("body = revision 1", "body = %(body)s", "api-paste.ini:LINE"),
    (
        "use = egg:impasto-tests#fault",
        "use = egg:impasto-tests#fault\nat_start = fail",
        "api-paste.ini:",
    ),
    (
        "use = egg:impasto-tests#fault",
        "use = egg:impasto-tests#fault\nat_start = panic",
        "api-paste.ini:",
    ),
    (
        "use = egg:impasto-tests#fault",
        "use = egg:impasto-tests#fault\nat_start = 7",
        "api-paste.ini:",
    ),
    ("port = 0", "port = 65536", "api-paste.ini:LINE"),
    ("port = 0", "port = 0\nlisten = nonsense", "api-paste.ini:"),
    ("threads = 2", "threads = 0", "api-paste.ini:"),
    ("workers = 2", "workers = many", "api-paste.ini:LINE"),
    ("workers = 2", "backlog = 0", "api-paste.ini:"),
    ("workers = 2", "keep_alives = 1", "api-paste.ini:LINE"),
    ("use = egg:impasto#http", "use = egg:impasto#htttp", "api-paste.ini:LINE"),
    // Not served, but it was right before.
    ("[server:main]", "[app:other]\nuse = egg:nowhere#at_all\n[server:main]", "api-paste.ini:"),
];

#[test]
fn a_broken_file_changes_nothing_and_is_explained() {
    let right = file(1, SERVER);
    let mut launched = Launched::serve(&right);
    let workers = launched.settled(2);
    let load = launched.load(mix(), 1);
    let mut wrong = Vec::new();
    for (part, broken, expected) in WRONG.iter().cycle().take(times(WRONG.len(), 100)) {
        assert_eq!(right.matches(part).count(), 1, "`{part}` is expected once");
        let line = 1 + right[..right.find(part).expect("found")].matches('\n').count();
        let said = launched.refuse(&right.replace(part, broken));
        if !said.contains(&expected.replace("LINE", &line.to_string())) {
            wrong.push(format!("{broken:?}, line {line}: {said}"));
        }
        assert_eq!(launched.workers(), workers, "{broken}");
    }
    launched.swap(&load, 2, SERVER);
    load.more(200);
    let tally = load.stop();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(tally.failed(), 0, "{tally}");
    assert_eq!(launched.workers(), workers);
}

#[test]
fn so_does_one_that_cannot_be_read() {
    let mut launched = Launched::serve(&file(1, SERVER));
    let workers = launched.settled(2);
    let load = launched.load(mix(), 1);
    for (text, expected) in [
        ("", "main"),
        ("# nothing", "main"),
        ("\u{0}\u{1}\u{2}", "api-paste.ini:1"),
        ("[", "api-paste.ini:1"),
        (" x", "api-paste.ini:1"),
    ] {
        let said = launched.refuse(text);
        assert!(said.contains(expected), "{text:?}: {said}");
        assert_eq!(launched.workers(), workers);
    }
    for make in [
        "rm api-paste.ini",
        "mkdir api-paste.ini",
        "rmdir api-paste.ini && printf '[app:main\\377]' > api-paste.ini",
        "rm api-paste.ini && mkfifo api-paste.ini",
        "rm api-paste.ini && ln -s /dev/zero api-paste.ini",
        "rm api-paste.ini && ln -s api-paste.ini api-paste.ini",
    ] {
        let mut shell = Command::new("sh");
        let made = shell.args(["-c", make]).current_dir(launched.server().directory()).status();
        assert!(made.expect("a shell").success(), "{make}");
        let said = launched.hang_up();
        assert!(said.contains("not reloaded:") && said.contains("api-paste.ini"), "{make}: {said}");
        assert_eq!(launched.workers(), workers, "{make}: {said}");
    }
    launched.swap(&load, 2, SERVER);
    load.more(100);
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
}

#[test]
fn whatever_is_wrong_is_told_at_once() {
    let right = file(1, SERVER);
    let mut launched = Launched::serve(&right);
    let workers = launched.settled(2);
    let app = right
        .replace("use = egg:impasto-tests#fault", "use = egg:impasto-tests#fault\nat_start = 7");
    for (part, broken, says) in [
        ("port = 0", "port = many", "`port` must be"),
        ("port = 0", "port = 0\ntls_cert = gone.pem", "gone.pem"),
        ("port = 0", "listen = 198.51.100.7:80", "cannot listen on 198.51.100.7:80"),
    ] {
        let said = launched.refuse(&app.replace(part, broken));
        assert!(said.contains(says) && said.contains("`at_start`"), "{broken}: {said}");
        assert_eq!(launched.workers(), workers);
    }
}

#[test]
fn a_pid_file_that_cannot_be_written_is_refused_as_at_a_start() {
    let right = file(1, "workers = 1\npid_file = %(here)s/one.pid");
    let mut launched = Launched::serve(&right);
    let workers = launched.settled(1);
    let (one, two) = (launched.server().path("one.pid"), launched.server().path("two.pid"));
    for (path, broken) in [("nowhere/x.pid", ""), ("two.pid", "number = many")] {
        let wrong = right.replace("one.pid", path);
        let wrong = if broken.is_empty() { wrong } else { wrong.replace("number = 1", broken) };
        let said = launched.refuse(&wrong);
        let line = if broken.is_empty() { "cannot write the pid file" } else { "many" };
        assert!(said.contains(line) && said.contains("api-paste.ini:"), "{said}");
        assert_eq!(launched.workers(), workers);
        assert!(one.exists() && !two.exists(), "the old one stays, and no other is left");
    }
    launched.reload(&right.replace("one.pid", "two.pid"));
    assert!(!one.exists() && two.exists());
    launched.reload(&file(2, "workers = 1"));
    assert!(!two.exists());
    assert_eq!(launched.into_server().stop().code, Some(0));
}
