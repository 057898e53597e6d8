use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{Site, children, get};

const SOON: Duration = Duration::from_secs(20);

fn file(says: &str, settings: &str) -> String {
    format!(
        "[app:main]\nuse = egg:impasto#respond\nbody = {says}\n\
         [server:main]\nuse = egg:impasto#http\nlisten = 127.0.0.1:0\nworkers = 0\n{settings}"
    )
}

fn wait(what: &str, mut come: impl FnMut() -> bool) {
    let start = Instant::now();
    while !come() {
        assert!(start.elapsed() < SOON, "{what}");
        sleep(Duration::from_millis(10));
    }
}

/// What a connection that stays is answered.
fn ask(stream: &mut TcpStream, length: usize) -> String {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").expect("it is open");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        answer.extend(byte);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a body");
    String::from_utf8(body).expect("a text")
}

#[test]
fn one_process_has_the_threads_it_is_given() {
    let site = Site::new(&file("hello", "threads = 3\n"));
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    assert!(get(&address, "/").ends_with("hello"));
    let pid = serving.pid();
    assert!(children(pid).is_empty());
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().filter(|thread| {
        let name = thread.as_ref().unwrap().path().join("comm");
        fs::read_to_string(name).unwrap().starts_with("tokio-rt-worker")
    });
    // Those that only wait for a file or a name are called so, too.
    assert!((3..=4).contains(&threads.count()));
    serving.signal("TERM");
    assert_eq!(serving.end().code, Some(0));
}

#[test]
fn one_process_reloads_between_the_requests_of_a_connection() {
    let site = Site::new(&file("one", "reload_on_hup = always\n"));
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    let mut stream = TcpStream::connect(&address).unwrap();
    assert_eq!(ask(&mut stream, 3), "one");

    let path = site.path("api-paste.ini");
    fs::write(&path, file("%(nothing)s", "reload_on_hup = always\n")).unwrap();
    serving.signal("HUP");
    sleep(Duration::from_millis(300));
    assert_eq!(ask(&mut stream, 3), "one", "what is wrong changes nothing");

    fs::write(&path, file("two", "reload_on_hup = always\nbacklog = 5\n")).unwrap();
    serving.signal("HUP");
    wait("the second answer", || ask(&mut stream, 3) == "two");
    serving.signal("TERM");
    let ended = serving.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for says in [
        "not reloaded: what was served is served on",
        "api-paste.ini:3:",
        "reloaded in ",
        "`backlog` stays as it was: it takes a start anew",
    ] {
        assert!(ended.err.contains(says), "{says}\n{}", ended.err);
    }
}

#[test]
fn one_process_watches_its_files() {
    let site = Site::new(&file("one", ""));
    let mut serving = site.serve(&["--watch"]);
    let (_, address) = serving.line();
    assert!(get(&address, "/").ends_with("one"));
    fs::write(site.path("api-paste.ini"), file("two", "")).unwrap();
    wait("the second answer", || get(&address, "/").ends_with("two"));
    serving.signal("TERM");
    assert_eq!(serving.end().code, Some(0));
}

#[test]
fn files_that_filters_read_are_watched_too() {
    const HASH: &str = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    let auth = "[pipeline:main]\npipeline = auth app\n\
                [filter:auth]\nuse = egg:impasto#basic_auth\nauth_file = users\n";
    let text = auth.to_owned() + &file("hello", "").replace("[app:main]", "[app:app]");
    for workers in ["0", "1"] {
        let site = Site::new(&text);
        fs::write(site.path("users"), format!("bob:{HASH}\n")).unwrap();
        let mut serving = site.serve(&["--watch", "--workers", workers]);
        let (_, address) = serving.line();
        let lets_ann_in = || {
            let mut stream = TcpStream::connect(&address).expect("it listens");
            let head = "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YW5uOnNlY3JldA==\r\n";
            write!(stream, "{head}Connection: close\r\n\r\n").expect("open");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("an answer");
            answer.starts_with("HTTP/1.1 200")
        };
        assert!(!lets_ann_in());
        for user in ["ann", "bobby", "ann"] {
            fs::write(site.path("users"), format!("{user}:{HASH}\n")).unwrap();
            wait(user, || lets_ann_in() == (user == "ann"));
        }
        serving.signal("TERM");
        assert_eq!(serving.end().code, Some(0));
    }
}

#[test]
fn what_a_reload_lacks_is_watched_too() {
    const HASH: &str = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    let server = "[server:main]\nuse = egg:impasto#http\nlisten = 127.0.0.1:0\n";
    let app = |says: &str| format!("[app:main]\nuse = egg:impasto#respond\nbody = {says}\n");
    let auth = "[pipeline:main]\npipeline = auth app\n[app:app]\nuse = egg:impasto#respond\n\
                [filter:auth]\nuse = egg:impasto#basic_auth\nauth_file = users\n";
    let elsewhere = "[app:other]\nuse = config:gone.ini\n";
    for workers in ["0", "1"] {
        let site = Site::new(&(app("begin") + server));
        let mut serving = site.serve(&["--watch", "--workers", workers]);
        let (_, address) = serving.line();
        let said = |text: &str| serving.err().matches(text).count();
        let mut refused = 0;
        let mut refuse = |name: &str, text: &str| {
            fs::write(site.path(name), text).unwrap();
            refused += 1;
            wait(name, || said("not reloaded: ") == refused);
        };
        let answers = |end: &str| get(&address, "/").ends_with(end);

        refuse("api-paste.ini", &format!("[app:main]\nuse = config:other.ini\n{server}"));
        refuse("other.ini", "[app:main]\nuse = egg:impasto#respond\nbdy = other\n");
        fs::write(site.path("other.ini"), app("other")).unwrap();
        wait("another file", || answers("other"));

        refuse("api-paste.ini", &(app("%(file:text)s") + server));
        fs::write(site.path("text"), "secret").unwrap();
        wait("a secret file", || answers("secret"));

        refuse("api-paste.ini", &(auth.to_owned() + server));
        fs::write(site.path("users"), format!("bob:{HASH}\n")).unwrap();
        wait("a factory's file", || get(&address, "/").starts_with("HTTP/1.1 401"));

        if workers == "1" {
            refuse("api-paste.ini", &(app("all") + server + elsewhere));
            fs::write(site.path("gone.ini"), app("elsewhere")).unwrap();
            wait("a file that is not served", || answers("all"));
        }

        refuse("api-paste.ini", &(app("tls") + server + "tls_cert = both.pem\n"));
        refuse("both.pem", "what is no certificate");
        serving.signal("TERM");
        assert_eq!(serving.end().code, Some(0));
    }
}

#[test]
fn hup_ends_one_process_that_is_told_so() {
    let site = Site::new(&file("one", "reload_on_hup = never\n"));
    let mut serving = site.serve(&[]);
    serving.line();
    serving.signal("HUP");
    let ended = serving.end();
    assert_eq!(ended.code, Some(0));
    assert!(ended.err.contains("HUP is the end: "), "{}", ended.err);
}

#[test]
fn what_is_for_masters_does_not_end_one_process() {
    let site = Site::new(&file("one", ""));
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    for signal in ["USR1", "USR2", "TTIN", "TTOU", "WINCH"] {
        serving.signal(signal);
        if signal != "WINCH" {
            serving.told(&format!("{signal}: "));
        }
        assert!(get(&address, "/").ends_with("one"), "{signal}");
    }
    serving.signal("TERM");
    assert_eq!(serving.end().code, Some(0));
}

#[test]
fn one_process_has_its_pid_file_while_it_serves() {
    let site = Site::new(&file("one", "pid_file = it.pid\n"));
    let mut serving = site.serve(&[]);
    serving.line();
    let path = site.path("it.pid");
    assert_eq!(fs::read_to_string(&path).unwrap().trim(), serving.pid().to_string());
    let second = site.run(&["serve"]);
    assert_eq!(second.code, Some(4), "{}", second.err);
    assert!(second.err.contains("has the pid file"), "{}", second.err);
    for words in [["serve", "--workers=1"], ["serve", "--workers=0"]] {
        let second = site.run(&words);
        assert!(second.err.contains("\n --> api-paste.ini:8:12\n"), "{}", second.err);
    }
    serving.signal("TERM");
    assert_eq!(serving.end().code, Some(0));
    assert!(!path.exists());
}

#[test]
fn one_process_does_not_serve_as_somebody_else() {
    for (setting, key) in [("user = nobody", "user"), ("group = nogroup", "group")] {
        let ran = Site::new(&file("one", &format!("{setting}\n"))).run(&["serve"]);
        assert_eq!(ran.code, Some(4), "{}", ran.err);
        assert!(ran.err.contains(&format!("`{key}` cannot be changed to")), "{}", ran.err);
        assert!(ran.err.contains("api-paste.ini:8:"), "{}", ran.err);
    }
}

#[test]
fn quit_is_graceful_for_one_process_that_is_told_so() {
    for (setting, code) in [("quit_is_graceful = true\n", 0), ("", 1)] {
        let site = Site::new(&file("one", setting));
        let mut serving = site.serve(&[]);
        serving.line();
        serving.signal("QUIT");
        assert_eq!(serving.end().code, Some(code), "{setting}");
    }
}
