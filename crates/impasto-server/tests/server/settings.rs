use std::time::Duration;

use impasto::settings::Size;
use impasto::{Conf, Group, Kind, Options, Problems, Reference, Registry};
use impasto_server::{Http, ProxyProtocol, Wsgi};
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
    let section = "bind = 0.0.0.0:8000\nworkers = 4\ntimeout = 40\nkeepalive = 5\nbacklog = 2048
        threads = 3\nworker_connections = 500\ncertfile = a.pem\nkeyfile = b.pem\nca_certs = c.pem
        limit_request_line = 4094\nlimit_request_fields = 50\nmax_requests = 1000\nuser = nobody
        proxy_protocol = true\npidfile = /run/p\ncert_reqs = 2";
    let section: String = section.lines().map(|line| format!("{}\n", line.trim())).collect();
    let settings: Http = read::<Wsgi>(&section).unwrap().into();
    assert_eq!(addresses(settings.clone()), ["0.0.0.0:8000"]);
    let seconds = |seconds| Duration::from_secs(seconds).into();
    let expected = Http {
        listen: settings.listen.clone(),
        backlog: 2048,
        workers: 4,
        threads: Some(3),
        worker_timeout: seconds(40),
        keep_alive: seconds(5),
        idle_timeout: seconds(5),
        max_connections: 500,
        max_url_length: Size::from_bytes(4074),
        max_headers: 50,
        proxy_protocol: ProxyProtocol::Auto,
        proxy_protocol_from: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
        tls_cert: vec!["a.pem".into()],
        tls_key: vec!["b.pem".into()],
        tls_client_ca: Some("c.pem".into()),
        pid_file: Some("/run/p".into()),
        user: Some("nobody".into()),
        ..Http::default()
    };
    assert_eq!(settings, expected);
}

#[test]
fn a_section_with_the_names_of_nova_is_read() {
    let section = "keep_alive = False\ntcp_keepidle = 300\nwsgi_default_pool_size = 10
        max_header_line = 16384\nclient_socket_timeout = 900\nmax_url_len = 2000
        ssl_cert_file = a.pem\nssl_key_file = b.pem\nssl_ca_file = c.pem";
    let section: String = section.lines().map(|line| format!("{}\n", line.trim())).collect();
    let settings: Http = read(&section).unwrap();
    let expected = Http {
        keep_alive: Duration::ZERO.into(),
        tcp_keepalive: Duration::from_secs(300).into(),
        max_requests: 10,
        max_header_size: Size::from_kib(16),
        idle_timeout: Duration::from_secs(900).into(),
        max_url_length: Size::from_bytes(2000),
        tls_cert: vec!["a.pem".into()],
        tls_key: vec!["b.pem".into()],
        tls_client_ca: Some("c.pem".into()),
        ..Http::default()
    };
    assert_eq!(settings, expected);
    let settings: Http = read("keep_alive = true").unwrap();
    assert_eq!(settings.keep_alive, Http::default().keep_alive);
    let problem = read::<Http>("keep_alive = forever").unwrap_err().to_string();
    assert!(problem.contains("`forever` is neither a duration nor `true` or `false`"), "{problem}");
}

#[test]
fn every_setting_is_written_as_it_is_read() {
    let section = "socket_mode = 660\nproxy_protocol = V2\nproxy_protocol_from = 10.0.0.0/8, unix
        reload_on_hup = always\nlisten = systemd: systemd:api\nmax_body_size = 10m";
    let section: String = section.lines().map(|line| format!("{}\n", line.trim())).collect();
    let settings: Http = read(&section).unwrap();
    assert_eq!(settings.socket_mode.unwrap().to_string(), "0660");
    assert_eq!(settings.proxy_protocol, ProxyProtocol::V2);
    assert_eq!(addresses(settings), ["systemd:", "systemd:api"]);
    for (section, says) in [
        ("socket_mode = rw", "`rw` is no mode; modes are octal numbers up to 777, like `0660`"),
        ("proxy_protocol_from = proxy", "`proxy` is neither an address, nor a network"),
        ("proxy_protocol = v3", "proxy_protocol"),
    ] {
        let problem = read::<Http>(section).unwrap_err().to_string();
        assert!(problem.contains(says), "{problem}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let problems = read::<Http>("listen = example.org\nkeepalives = 3").unwrap_err().to_string();
    assert!(problems.contains("`example.org` has no port; write `example.org:8080`"), "{problems}");
    assert!(problems.contains("keep_alive") || problems.contains("keepalive"), "{problems}");
    let problems = read::<Wsgi>("url_prefix = /api").unwrap_err().to_string();
    assert!(problems.contains("url_prefix"), "{problems}");
}
