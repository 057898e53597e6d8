//! What is offered where a command line ends: to the engine's protocol, and in a bash at a terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::Site;

/// A file that has an error, since one that is being written has.
const TEXT: &str = "\
[DEFAULT]
debug = on
[composite:main]
use = egg:impasto#urlmap
/ = api
[composite:by_auth]
use = call:nova.api.auth:pipeline_factory
keystone = cors request_id backend
noauth2 = cors backend
[pipeline:api]
pipeline = cors request_id
    backend
[filter:cors]
use = egg:impasto#cors
allow_origins = https://a.example.org
[filter:request_id]
use = egg:impasto#request_id
[filter:etag]
use = egg:impasto#etag
this is no option
[app:backend]
use = egg:impasto#debug
[test:it answers]
request = GET /
";

/// What is offered for the last word of a line, which may be empty.
fn offered(site: &Site, line: &str) -> Vec<String> {
    let words: Vec<&str> = ["--"].into_iter().chain(line.split(' ')).collect();
    let ran = site.run_with(&words, &[("IMPASTO_COMPLETE", "fish")]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{line}");
    let words = ran.out.lines().map(|line| line.split('\t').next().unwrap_or_default());
    // Options are there besides.
    words.filter(|word| !word.starts_with('-')).map(str::to_owned).collect()
}

#[test]
fn the_names_of_the_file_are_offered_where_they_fit() {
    let site = Site::new(TEXT);
    for (line, wanted) in [
        ("impasto che", &["check"][..]),
        ("impasto check ap", &["api-paste.ini"]),
        ("impasto check api-paste.ini ", &["debug="]),
        ("impasto serve api-paste.ini ", &["main", "by_auth", "api", "backend", "debug="]),
        ("impasto graph api-paste.ini b", &["by_auth", "backend"]),
        ("impasto explain api-paste.ini filter:c", &["filter:cors"]),
        ("impasto explain api-paste.ini filter:cors a", &["allow_origins"]),
        ("impasto explain api-paste.ini GET / --app a", &["api"]),
        ("impasto request api-paste.ini P", &["POST", "PUT", "PATCH"]),
        ("impasto test api-paste.ini i", &["it answers"]),
        (
            "impasto edit api-paste.ini get filter:",
            &["filter:cors", "filter:request_id", "filter:etag"],
        ),
        ("impasto edit api-paste.ini get filter:cors ", &["use", "allow_origins"]),
        ("impasto edit api-paste.ini set filter:etag we", &["weak"]),
        ("impasto edit api-paste.ini set filter:etag use egg:impasto#et", &["egg:impasto#etag"]),
        ("impasto edit api-paste.ini set filter:etag use request", &["request_id"]),
        ("impasto edit api-paste.ini add ", &["api", "by_auth"]),
        ("impasto edit api-paste.ini add api ", &["etag"]),
        ("impasto edit api-paste.ini add api etag --before ", &["cors", "request_id", "backend"]),
        ("impasto edit api-paste.ini add api etag --after ", &["cors", "request_id"]),
        ("impasto edit api-paste.ini remove api ", &["cors", "request_id"]),
        ("impasto edit api-paste.ini remove by_auth --choice noauth2 ", &["cors"]),
        ("impasto edit api-paste.ini remove by_auth --choice ", &["keystone", "noauth2"]),
        ("impasto edit api-paste.ini rename app:", &["app:backend"]),
        ("impasto reference request_i", &["request_id"]),
        ("impasto reference egg:impasto#request_i", &["egg:impasto#request_id"]),
        ("impasto check --format s", &["sarif"]),
        ("impasto explain none.ini ", &[]),
    ] {
        assert_eq!(offered(&site, line), wanted, "{line}");
    }
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let site = Site::new("");
    let made = Command::new("mkfifo").arg(site.path("pipe.ini")).status().expect("mkfifo");
    assert!(made.success());
    assert_eq!(offered(&site, "impasto edit pipe.ini get "), [""; 0]);
}

#[test]
fn each_shell_is_told_to_ask() {
    let site = Site::new("");
    for (shell, line) in [
        ("bash", "complete -o bashdefault"),
        ("zsh", "#compdef impasto"),
        ("fish", "--command impasto "),
    ] {
        let ran = site.run_with(&[], &[("IMPASTO_COMPLETE", shell)]);
        assert!(ran.code == Some(0) && ran.out.contains(line), "{shell}: {}", ran.out);
    }
    let ran = site.run_with(&[], &[("IMPASTO_COMPLETE", "none")]);
    assert!(ran.code == Some(2) && ran.err.contains("unknown shell"), "{}", ran.err);
}

/// A bash that is typed into.
struct Terminal {
    keys: File,
    shown: mpsc::Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn bash(site: &Site) -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("its other side");
        let name = ptsname(&master, Vec::new()).expect("its name").into_string().expect("UTF-8");
        let side = File::options().read(true).write(true).open(name).expect("its other side");
        let another = || Stdio::from(side.try_clone().expect("a descriptor"));
        let mut bash = Command::new("bash");
        bash.args(["--norc", "--noprofile", "-i"]).current_dir(site.path("."));
        bash.env("TERM", "dumb").env("PS1", "").env("HISTFILE", "").env("INPUTRC", "/dev/null");
        bash.stdin(another()).stdout(another()).stderr(another());
        let mut bash = bash.spawn().expect("bash");
        let keys = File::from(master);
        let mut screen = keys.try_clone().expect("a descriptor");
        let (to, shown) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // It ends in an error when bash has.
            while let Ok(read) = screen.read(&mut bytes) {
                if to.send(bytes[..read].to_vec()).is_err() {
                    break;
                }
            }
            let _ = bash.wait();
        });
        Terminal { keys, shown, seen: String::new() }
    }

    fn types(&mut self, text: &str) {
        self.keys.write_all(text.as_bytes()).expect("it listens");
    }

    fn shows(&mut self, text: &str) {
        while !self.seen.contains(text) {
            match self.shown.recv_timeout(Duration::from_secs(60)) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("{text} is not in what is shown:\n{}", self.seen),
            }
        }
        self.seen.clear();
    }
}

#[test]
fn bash_completes_words_with_colons_and_spaces() {
    let site = Site::new(TEXT);
    let mut terminal = Terminal::bash(&site);
    let program = env!("CARGO_BIN_EXE_impasto");
    terminal.types(&format!("source <(IMPASTO_COMPLETE=bash '{program}')\n"));
    // In its place, what shows the words that it would be given.
    terminal.types("impasto() { printf '{%s}' \"$@\"; echo; }; echo rea''dy\n");
    terminal.shows("ready");
    for (typed, words) in [
        ("che\tapi\t", "{check}{api-paste.ini}"),
        (
            "edit api-paste.ini get filter:co\tallow_o\t",
            "{edit}{api-paste.ini}{get}{filter:cors}{allow_origins}",
        ),
        ("edit api-paste.ini ren\tfilter\\:et\tx", "{edit}{api-paste.ini}{rename}{filter:etag}{x}"),
        ("reference egg:impasto#secure\t", "{reference}{egg:impasto#secure_headers}"),
        ("check --format=sa\t", "{check}{--format=sarif}"),
        ("test api-paste.ini it\t", "{test}{api-paste.ini}{it answers}"),
        ("test api-paste.ini 'it\t", "{test}{api-paste.ini}{it answers}"),
        ("check api-paste.ini deb\toff", "{check}{api-paste.ini}{debug=off}"),
    ] {
        terminal.types(&format!("impasto {typed}\n"));
        terminal.shows(words);
    }
    terminal.types("exit\n");
}
