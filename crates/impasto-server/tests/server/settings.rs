use impasto::{Conf, Group, Kind, Options, Problems, Reference, Registry};
use impasto_server::{Http, Wsgi};
use serde::de::DeserializeOwned;

/// The settings of a section that says this, without its `use`.
fn read<S: DeserializeOwned + schemars::JsonSchema + 'static>(
    section: &str,
) -> Result<S, Problems> {
    let pairs = section.lines().filter_map(|line| line.split_once(" = "));
    let local: Conf = pairs.filter(|(key, _)| *key != "use").collect();
    let (global, section) = (Conf::default(), "server:main");
    Options { local: &local, global: &global, section, place: None }.read()
}

fn example(package: &str, name: &str) -> String {
    let reference = Reference::Egg { package, name };
    let factory = Registry::linked().find(Group::Server, &reference).unwrap();
    assert_eq!(factory.kind(), Kind::Server);
    factory.example().unwrap()
}

fn addresses(settings: Http) -> Vec<String> {
    settings.addresses().iter().map(ToString::to_string).collect()
}

#[test]
fn the_documented_sections_are_read() {
    let settings: Http = read(&example("impasto", "http")).unwrap();
    assert_eq!(settings.graceful_shutdown_timeout.to_string(), "30s");
    let written = ["127.0.0.1:8080", "[::1]:8080", "unix:/run/api.sock"];
    assert_eq!(addresses(settings), written);

    for package in ["waitress", "Paste"] {
        let name = if package == "Paste" { "http" } else { "main" };
        let settings: Http = read::<Wsgi>(&example(package, name)).unwrap().into();
        assert_eq!(settings.keep_alive.to_string(), "2m");
        assert_eq!(addresses(settings), ["127.0.0.1:6543"]);
    }
}

#[test]
fn addresses_are_parted_by_white_space_or_commas() {
    let settings: Http = read("listen = localhost:1, :2,unix:/s  8080").unwrap();
    assert_eq!(addresses(settings), ["localhost:1", "*:2", "unix:/s", "127.0.0.1:8080"]);
    let settings: Http = read("host = ::1\nport = 0").unwrap();
    assert_eq!(addresses(settings), ["[::1]:0"]);
}

#[test]
fn a_section_for_gunicorn_is_read() {
    let section = "bind = 0.0.0.0:8000\nworkers = 4\ntimeout = 30\nkeepalive = 5\nbacklog = 2048";
    let settings: Http = read::<Wsgi>(section).unwrap().into();
    assert_eq!((settings.backlog, settings.keep_alive.to_string().as_str()), (2048, "5s"));
    assert_eq!(addresses(settings), ["0.0.0.0:8000"]);
}

#[test]
fn what_is_wrong_is_said() {
    let problems = read::<Http>("listen = example.org\nkeepalives = 3").unwrap_err().to_string();
    assert!(problems.contains("`example.org` has no port; write `example.org:8080`"), "{problems}");
    assert!(problems.contains("keep_alive") || problems.contains("keepalive"), "{problems}");
    let problems = read::<Wsgi>("url_prefix = /api").unwrap_err().to_string();
    assert!(problems.contains("url_prefix"), "{problems}");
}
