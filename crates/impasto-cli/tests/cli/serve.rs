use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::support::{RESPOND, Site, get};

const HELLO: &str = "\
[app:main]
use = egg:impasto#respond
body = hello from %(place)s

[DEFAULT]
place = here

[server:main]
use = egg:impasto#http
port = 0
";

const SLOW: &str = "\
[app:main]
use = egg:impasto#debug

[server:main]
use = egg:impasto#http
port = 0
graceful_shutdown_timeout = 200ms
";

#[test]
fn the_printed_address_answers_and_term_ends_it_well() {
    let site = Site::new(HELLO);
    let mut serving = site.serve(&["place=there"]);
    let (name, address) = serving.line();
    assert_eq!(name, "main");
    let answer = get(&address, "/");
    // The options of `[DEFAULT]` beat a caller's where values are interpolated, as in PasteDeploy.
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("hello from here"));
    serving.signal("TERM");
    let ended = serving.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

#[test]
fn programs_are_told_as_json_where_it_listens() {
    let site = Site::new(HELLO);
    for workers in ["1", "0"] {
        let mut serving = site.serve(&["--json", "--workers", workers, "--listen", "127.0.0.1:0"]);
        let line = serving.raw_line();
        let told: serde_json::Value = serde_json::from_str(&line).expect(&line);
        let address = told["address"].as_str().expect(&line);
        let address = address.strip_prefix("http://").expect(&line);
        assert_eq!(told["app"], "main");
        assert!(get(address, "/").starts_with("HTTP/1.1 200 OK\r\n"));
        serving.signal("TERM");
        assert_eq!(serving.end().code, Some(0));
    }
}

#[test]
fn a_worker_is_given_no_more_sockets_than_can_be_passed() {
    let listen = |count| {
        let addresses = (1..=count).map(|host| format!(" 127.0.0.{host}:0"));
        format!("listen ={}", addresses.collect::<String>())
    };
    let site = Site::new(&HELLO.replace("port = 0", &listen(251)));
    let mut serving = site.serve(&[]);
    assert!(get(&serving.line().1, "/").starts_with("HTTP/1.1 200 OK\r\n"));
    serving.signal("TERM");
    assert_eq!(serving.end().code, Some(0));
    let ended = Site::new(&HELLO.replace("port = 0", &listen(252))).run(&["serve"]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    let says = "`listen`: 252 sockets are more than the 251 that a worker can be given";
    assert!(ended.err.contains(says) && ended.err.contains("api-paste.ini:"), "{}", ended.err);
}

#[test]
fn int_and_quit_end_it_at_once() {
    let site = Site::new(SLOW);
    for signal in ["INT", "QUIT"] {
        let mut serving = site.serve(&[]);
        let (_, address) = serving.line();
        let _waits = ask_for_a_late_answer(&address);
        serving.signal(signal);
        assert_eq!(serving.end().code, Some(1), "{signal}");
    }
}

#[test]
fn a_stop_that_cuts_requests_says_so() {
    let site = Site::new(SLOW);
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    let _waits = ask_for_a_late_answer(&address);
    serving.signal("TERM");
    let ended = serving.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("connections=1"), "{}", ended.err);
}

fn ask_for_a_late_answer(address: &str) -> TcpStream {
    let mut waits = TcpStream::connect(address).expect("it listens");
    waits.write_all(b"GET /delay/60 HTTP/1.1\r\nHost: x\r\n\r\n").expect("open");
    // An answer to another connection: the first has been accepted.
    get(address, "/");
    waits
}

#[test]
fn every_name_has_its_server() {
    let site = Site::new(
        "[app:one]\nuse = egg:impasto#respond\nbody = 1\n\
         [app:two]\nuse = one\nbody = 2\n\
         [server:two]\nuse = egg:impasto#http\nlisten = 127.0.0.1:0\n\
         [server:main]\nuse = egg:Paste#http\nport = 0\n",
    );
    let mut serving = site.serve(&["api-paste.ini", "two", "one", "two"]);
    for (name, body) in [("two", "2"), ("one", "1")] {
        let (served, address) = serving.line();
        assert_eq!(served, name);
        assert!(get(&address, "/").ends_with(&format!("\r\n\r\n{body}")));
    }
    serving.signal("TERM");
    let ended = serving.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""));
}

#[test]
fn a_section_without_a_name_is_served_when_none_is_asked_for() {
    let site = Site::new(
        "[app]\nuse = egg:impasto#respond\nbody = bare\n\
         [server]\nuse = egg:impasto#http\nport = 0\n",
    );
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    assert!(get(&address, "/").ends_with("bare"));
    serving.signal("TERM");
    assert_eq!(serving.end().code, Some(0));
}

#[test]
fn a_panic_in_an_app_is_a_500_and_one_line_in_the_log() {
    let site = Site::new(SLOW);
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    assert!(get(&address, "/panic").starts_with("HTTP/1.1 500 "));
    assert!(get(&address, "/").starts_with("HTTP/1.1 200 "));
    serving.signal("TERM");
    let ended = serving.end();
    assert_eq!(ended.code, Some(0));
    let errors: Vec<&str> = ended.err.lines().filter(|line| line.contains("ERROR")).collect();
    assert!(matches!(errors[..], [line] if line.contains("/panic")), "{}", ended.err);
    assert!(!ended.err.contains("panicked at"), "{}", ended.err);
}

#[test]
fn an_address_that_is_taken_is_exit_5() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let site = Site::new(&HELLO.replace("port = 0", &format!("port = {port}")));
    let ran = site.run(&["serve"]);
    assert_eq!(ran.code, Some(5));
    assert_eq!(
        ran.err,
        format!(
            "error: cannot serve `main`: cannot listen on 127.0.0.1:{port}: address already in use\n \
             --> api-paste.ini:10:8\n"
        )
    );
    assert_eq!(ran.out, "");
    // Who says it on the command line knows where.
    let ran = site.run(&["serve", "--listen", &format!("127.0.0.1:{port}")]);
    assert_eq!(ran.code, Some(5));
    assert!(!ran.err.contains("-->"), "{}", ran.err);
    // In a list, and without workers.
    let list = format!("listen = 127.0.0.1:0, 127.0.0.1:{port}");
    let site = Site::new(&HELLO.replace("port = 0", &list));
    for workers in ["1", "0"] {
        let ran = site.run(&["serve", "--workers", workers]);
        assert_eq!(ran.code, Some(5));
        assert!(
            ran.err.ends_with("address already in use\n --> api-paste.ini:10:23\n"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn every_problem_of_what_is_served_is_shown_and_nothing_starts() {
    let site = Site::new(
        "[pipeline:main]\npipeline = cros app\n\
         [pipeline:other]\npipeline = cros app\n\
         [filter:cors]\nuse = egg:impasto#cors\n\
         [app:app]\nuse = egg:impasto#respond\n\
         [server:main]\nuse = egg:impasto#http\nport = http\n",
    );
    let ran = site.run(&["serve", "api-paste.ini", "main", "other"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(4), ""));
    assert!(ran.err.contains("there is no [filter:cros]"), "{}", ran.err);
    assert!(ran.err.contains("help: did you mean `cors`?"), "{}", ran.err);
    assert_eq!(ran.err.matches("error[bad-value]").count(), 1, "{}", ran.err);
}

#[test]
fn errors_elsewhere_are_warnings_with_file_and_line() {
    let site = Site::new(&format!("{HELLO}\n[app:other]\nuse = egg:acme#thing\n"));
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    assert!(get(&address, "/").ends_with("hello from here"));
    serving.signal("TERM");
    let ended = serving.end();
    assert_eq!(ended.code, Some(0));
    let warning = ended.err.lines().find(|line| line.contains("WARN")).expect("a warning");
    assert!(warning.contains("api-paste.ini:13:7: nothing linked provides an app"), "{warning}");
}

#[test]
fn an_app_that_is_missing_elsewhere_is_a_warning_of_check_and_in_the_log() {
    let site = Site::new(&format!("{HELLO}\n[pipeline:other]\npipeline = nobody\n"));
    let ran = site.run(&["check", "api-paste.ini"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("warning[late-failure]"), "{}", ran.err);
    for workers in ["1", "0"] {
        let mut serving = site.serve(&["--workers", workers]);
        serving.line();
        serving.told("api-paste.ini:13:12: this fails when it is used: there is no app `nobody`");
        serving.signal("TERM");
        assert_eq!(serving.end().code, Some(0));
    }
    let ran = site.run(&["serve", "api-paste.ini", "other"]);
    assert_eq!(ran.code, Some(4), "who asks for it is told of an error: {}", ran.err);
}

#[test]
fn two_apps_at_one_address_are_a_problem() {
    let apps = "[app:one]\nuse = egg:impasto#respond\n[app:two]\nuse = one\n";
    let one = Site::new(&format!("{apps}[server:main]\nuse = egg:impasto#http\nport = 8774\n"));
    let ran = one.run(&["serve", "api-paste.ini", "one", "two"]);
    assert_eq!(ran.code, Some(4));
    assert_eq!(
        ran.err,
        "error[same-address]: `one` and `two` are both to be served on 127.0.0.1:8774
 --> api-paste.ini:7:8
  |
7 | port = 8774
  |        ^^^^
  |
  = help: give one of them a section of its own: [server:two] or [server:one]
"
    );
    let ran = one.run(&["serve", "api-paste.ini", "one", "two", "--listen", "127.0.0.1:8774"]);
    assert_eq!(ran.code, Some(4));
    assert_eq!(
        ran.err,
        "error[same-address]: `--listen` serves both `one` and `two` on 127.0.0.1:8774
 |
 = help: leave it out, and give each app its address in a section of its own, [server:NAME]; or serve one app
"
    );
    let spelled = Site::new(&format!(
        "{apps}[server:one]\nuse = egg:impasto#http\nlisten = localhost:8774\n\
         [server:two]\nuse = egg:impasto#http\nlisten = 127.0.0.1:8774\n"
    ));
    let ran = spelled.run(&["serve", "api-paste.ini", "one", "two"]);
    assert_eq!(ran.code, Some(4));
    assert!(ran.err.contains("`one` is served here"), "{}", ran.err);
    assert!(ran.err.contains("give [server:two] another address"), "{}", ran.err);
}

#[test]
fn a_name_in_the_place_of_the_file_is_explained() {
    let ran = Site::new(HELLO).run(&["serve", "admin"]);
    assert_eq!(ran.code, Some(4));
    assert!(ran.err.contains("the first word is the file: `api-paste.ini admin`"), "{}", ran.err);
}

#[test]
fn a_path_that_no_socket_can_have_is_wrong_before_anything_starts() {
    let path = format!("/tmp/{}", "s".repeat(103));
    for setting in [
        format!("egg:impasto#http\nlisten = 127.0.0.1:0, unix:{path}"),
        format!("egg:waitress#main\nunix_socket = {path}"),
    ] {
        let site = Site::new(&HELLO.replace("egg:impasto#http\nport = 0", &setting));
        for command in ["serve", "check"] {
            let ran = site.run(&[command]);
            assert_eq!(ran.code, Some(4), "{command}: {}", ran.err);
            assert!(ran.err.contains("at most 107"), "{command}: {}", ran.err);
            assert!(ran.err.contains("api-paste.ini:10:"), "{command}: {}", ran.err);
        }
    }
    let ran = Site::new(HELLO).run(&["serve", "--listen", &format!("unix:{path}")]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
}

#[test]
fn who_comes_without_the_header_that_is_asked_for_is_told_of_once() {
    for (from, why) in [
        ("127.0.0.1", "it does not begin with a header that `proxy_protocol` asks for"),
        ("192.0.2.1", "the peer is not in `proxy_protocol_from`"),
    ] {
        let asks = format!("{RESPOND}proxy_protocol = auto\nproxy_protocol_from = {from}\n");
        let site = Site::new(&asks);
        let mut serving = site.serve(&[]);
        let (_, address) = serving.line();
        for _ in 0..5 {
            let mut stream = TcpStream::connect(&address).expect("it listens");
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            let mut answer = Vec::new();
            // It may be reset.
            let _ = stream.read_to_end(&mut answer);
            assert!(answer.is_empty());
        }
        let line = format!("connection refused: {why}");
        serving.told(&line);
        serving.signal("TERM");
        let ended = serving.end();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert_eq!(ended.err.matches(&line).count(), 1, "{}", ended.err);
    }
}

#[test]
fn a_setting_that_counts_for_nothing_is_told_at_a_start() {
    for workers in ["0", "1"] {
        let site = Site::new(&format!("{RESPOND}proxy_protocol_from = 10.0.0.0/8\n"));
        let mut serving = site.serve(&["--workers", workers]);
        serving.line();
        serving.told("`proxy_protocol_from` counts for nothing without `proxy_protocol`");
        serving.signal("TERM");
        let ended = serving.end();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
}

#[test]
fn a_status_says_what_is_in_flight_now() {
    let slow = "[pipeline:main]\npipeline = slow app\n[filter:slow]\n\
                use = egg:impasto#fault_injection\ndelay = 60s\n";
    let site = Site::new(&(slow.to_owned() + &RESPOND.replace("[app:main]", "[app:app]")));
    let mut serving = site.serve(&["--workers", "2"]);
    let (_, address) = serving.line();
    let in_flight = || {
        let status = site.run(&["status", "--json"]).json();
        let workers = status["generations"][0]["services"][0]["workers"].as_array().cloned();
        let workers = workers.expect("a list").into_iter();
        workers.map(|it| it["requests_in_flight"].as_u64().expect("a number")).sum::<u64>()
    };
    let mut clients = Vec::new();
    for count in 1..4 {
        let mut client = TcpStream::connect(&address).expect("it listens");
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").expect("open");
        clients.push(client);
        // The filter has logged it.
        let start = std::time::Instant::now();
        while serving.err().matches("a fault was injected").count() < count {
            assert!(start.elapsed().as_secs() < 20, "{}", serving.err());
        }
        assert_eq!(in_flight(), count as u64);
    }
    serving.signal("INT");
    assert_eq!(serving.end().code, Some(1));
}
