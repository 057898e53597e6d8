use std::net::UdpSocket;
use std::time::Duration;

use super::*;
use crate::testing::{get, named, send, settings, with_body, wrap};
use impasto::App;

/// A server, and an app with a filter that tells it.
fn told(options: &[(&str, &str)], app: App) -> (UdpSocket, App) {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let host = server.local_addr().unwrap().to_string();
    let options: Vec<_> = options.iter().copied().chain([("host", &*host)]).collect();
    (server, wrap(stats(settings(&options)).unwrap(), app))
}

/// The next datagram, with `N` for the time in it.
fn received(server: &UdpSocket) -> String {
    let mut datagram = [0; 2048];
    let length = server.recv(&mut datagram).unwrap();
    let text = String::from_utf8(datagram[..length].to_vec()).unwrap();
    let line = |line: &str| match line.split_once(":").zip(line.split_once("|ms")) {
        Some(((name, _), (number, rest))) => {
            assert!(number[name.len() + 1..].parse::<f64>().is_ok(), "{line}");
            format!("{name}:N|ms{rest}")
        }
        None => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn an_answer_is_told_of_by_method_and_status() {
    let (server, app) = told(&[("prefix", "nova")], named("app"));
    send(&app, get("/a:b|c")).await;
    send(&app, with_body("BREW", "/", "")).await;
    assert_eq!(received(&server), "nova.request.GET.200:N|ms\nnova.request.other.200:N|ms");
}

#[tokio::test]
async fn tags_may_say_it_instead() {
    let (server, app) = told(&[("tags", "env:prod, canary")], named("app"));
    send(&app, get("/")).await;
    let tags = "#method:GET,status:200,env:prod,canary";
    assert_eq!(received(&server), format!("impasto.request:N|ms|{tags}"));
    let (server, app) = told(&[("dogstatsd", "yes")], named("app"));
    send(&app, get("/")).await;
    assert_eq!(received(&server), "impasto.request:N|ms|#method:GET,status:200");
}

#[tokio::test]
async fn what_is_given_up_is_told_of_too() {
    let never = App::from_fn(async |_: &mut Exchange| std::future::pending().await);
    for (options, line) in [
        (&[][..], "impasto.abandoned.GET:1|c"),
        (&[("tags", "a:b")], "impasto.abandoned:1|c|#method:GET,a:b"),
    ] {
        let (server, app) = told(options, never.clone());
        let asked = tokio::time::timeout(Duration::from_millis(5), send(&app, get("/")));
        assert!(asked.await.is_err());
        assert_eq!(received(&server), line);
    }
}

#[test]
fn a_server_is_named_with_a_port_or_without() {
    for (text, address) in [
        ("127.0.0.1", "127.0.0.1:8125"),
        ("127.0.0.1:9125", "127.0.0.1:9125"),
        ("::1", "[::1]:8125"),
        ("[::1]", "[::1]:8125"),
        ("[::1]:9125", "[::1]:9125"),
    ] {
        assert_eq!(server("host", text).unwrap().to_string(), address);
    }
}

#[test]
fn wrong_settings_are_named() {
    let wrong = |key, text| stats(settings(&[(key, text)])).unwrap_err().to_string();
    for host in ["", "no host", "127.0.0.1:x", "127.0.0.1:70000"] {
        let error = wrong("host", host);
        assert!(error.starts_with(&format!("`host`: {host:?} is no server: ")), "{error}");
    }
    assert_eq!(wrong("prefix", "a:b"), "`prefix` must be of letters, digits, `.`, `-` and `_`");
    for tag in ["a|b", ":a", "a#b", "1"] {
        assert_eq!(wrong("tags", tag), format!("`tags`: {tag:?} is no tag like `env:production`"));
    }
}
