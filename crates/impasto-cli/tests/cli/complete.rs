//! What is offered where a command line ends: to the engine's protocol, and in a bash at a terminal.

use std::process::Command;

use crate::support::Site;
use crate::terminal::Terminal;

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
[filter:jwt]
use = egg:impasto#jwt
secret = swordfish
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
            &["filter:cors", "filter:request_id", "filter:etag", "filter:jwt"],
        ),
        ("impasto edit api-paste.ini get filter:cors ", &["use", "allow_origins"]),
        ("impasto edit api-paste.ini set filter:etag we", &["weak"]),
        ("impasto edit api-paste.ini set filter:etag use egg:impasto#et", &["egg:impasto#etag"]),
        ("impasto edit api-paste.ini set filter:etag use request", &["request_id"]),
        ("impasto edit api-paste.ini set filter:cors allow_origins h", &["https://a.example.org"]),
        ("impasto edit api-paste.ini set filter:jwt secret ", &[]),
        ("impasto edit api-paste.ini add ", &["api", "by_auth"]),
        ("impasto edit api-paste.ini add api ", &["etag", "jwt"]),
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

#[test]
#[ignore = "needs zsh"]
fn zsh_completes_words_of_the_file() {
    let site = Site::new(TEXT);
    let mut terminal = Terminal::zsh(&site);
    let program = env!("CARGO_BIN_EXE_impasto");
    terminal.types("autoload -Uz compinit; compinit -u -D; setopt no_beep\n");
    terminal.types(&format!("source <(IMPASTO_COMPLETE=zsh '{program}')\n"));
    terminal.types("impasto() { printf '{%s}' \"$@\"; echo; }; echo rea''dy\n");
    terminal.shows("ready");
    for (typed, words) in [
        ("che\tapi\t", "{check}{api-paste.ini}"),
        ("edit api-paste.ini get filter:co\tallow_o\t", "{filter:cors}{allow_origins}"),
        ("reference egg:impasto#secure\t", "{reference}{egg:impasto#secure_headers}"),
        ("test api-paste.ini it\t", "{test}{api-paste.ini}{it answers}"),
    ] {
        terminal.types(&format!("impasto {typed}\n"));
        terminal.shows(words);
    }
    terminal.types("exit\n");
}

#[test]
#[ignore = "needs fish"]
fn fish_completes_words_of_the_file() {
    let site = Site::new(TEXT);
    let program = env!("CARGO_BIN_EXE_impasto");
    for (typed, word) in [
        ("impasto che", "check"),
        ("impasto explain api-paste.ini filter:c", "filter:cors"),
        ("impasto edit api-paste.ini get filter:cors allow_o", "allow_origins"),
        ("impasto reference egg:impasto#secure", "egg:impasto#secure_headers"),
        ("impasto test api-paste.ini it", "it answers"),
    ] {
        let script = format!("IMPASTO_COMPLETE=fish '{program}' | source; complete -C '{typed}'");
        let mut fish = Command::new("fish");
        let fish = fish.args(["--no-config", "-c", &script]).current_dir(site.path("."));
        let output = fish.output().expect("Debian's package `fish` is needed");
        let shown = String::from_utf8_lossy(&output.stdout);
        let first = |line: &str| line.split('\t').next().unwrap_or_default().replace('\\', "");
        assert!(shown.lines().map(first).any(|offered| offered == word), "{typed}: {shown}");
    }
}
