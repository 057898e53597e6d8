use std::fs;

use impasto_tests::server::{ANY_PORT, shipped_path};

use crate::curl::{Answer, curl};
use crate::{serve, serve_shipped};

const ORIGIN: &str = "Origin: http://localhost:3000";

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_page_of_an_allowed_site_may_use_the_api() {
    let server = serve_shipped();
    let url = format!("{}/v2.1/servers", server.url());
    let preflight = |origin: &str| {
        let method = "Access-Control-Request-Method: PUT";
        let headers = "Access-Control-Request-Headers: x-auth-token";
        curl(&["-X", "OPTIONS", "-H", origin, "-H", method, "-H", headers, &url])
    };

    let allowed = preflight(ORIGIN);
    assert_eq!((allowed.status, allowed.body.len()), (204, 0));
    assert_eq!(allowed.header("access-control-allow-origin").unwrap(), "http://localhost:3000");
    assert!(allowed.header("access-control-allow-methods").unwrap().contains("PUT"));
    let headers = allowed.header("access-control-allow-headers").unwrap();
    assert_eq!(headers, "Content-Type, X-Auth-Token");
    assert_eq!(allowed.header("access-control-max-age").unwrap(), "3600");
    let other = preflight("Origin: http://evil.example");
    assert_eq!(other.header("access-control-allow-origin"), None);

    let simple = curl(&["-H", ORIGIN, &url]);
    assert_eq!(simple.header("access-control-allow-origin").unwrap(), "http://localhost:3000");
    assert_eq!(simple.header("access-control-expose-headers").unwrap(), "X-Request-Id");
    assert!(simple.text().contains("path: /servers\n"));
    let other = curl(&["-H", "Origin: http://evil.example", &url]);
    assert_eq!((other.status, other.header("access-control-allow-origin")), (200, None));
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_request_has_one_id() {
    let server = serve_shipped();
    let url = format!("{}/v2.1/", server.url());
    let id = |answer: &Answer| answer.header("x-request-id").unwrap();

    let kept = curl(&["-H", "X-Request-Id: Mine_1.2-3", &url]);
    assert_eq!(id(&kept), "Mine_1.2-3");
    assert!(kept.text().contains("\nx-request-id: Mine_1.2-3\n"));
    server.logged(&["\"GET /v2.1/ HTTP/1.1\" 200", "Mine_1.2-3"]);

    let long = format!("X-Request-Id: {}", "x".repeat(129));
    for sent in ["Accept: */*", "X-Request-Id: not an id", "X-Request-Id;", &long] {
        let made = curl(&["-H", sent, &url]);
        assert_eq!(id(&made).len(), 36, "{sent}");
        assert!(made.text().contains(&format!("\nx-request-id: {}\n", id(&made))), "{sent}");
    }
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_body_that_is_too_large_is_refused() {
    let server = serve_shipped();
    let url = format!("{}/v2.1/", server.url());
    let too_large = server.path("too-large");
    fs::write(&too_large, vec![b'x'; (1 << 20) + 1]).unwrap();
    let fits = server.path("fits");
    fs::write(&fits, vec![b'x'; 1 << 20]).unwrap();
    let words = "the body of the request is larger than 1048576 bytes\n";
    let send = |file: &std::path::Path, how: &[&str]| {
        let data = format!("@{}", file.display());
        curl(&[&["--data-binary", &data, &url], how].concat())
    };

    let asked = send(&too_large, &["-H", "Expect: 100-continue", "--expect100-timeout", "20"]);
    assert_eq!((asked.exit, asked.status, asked.text().as_str()), (0, 413, words));
    assert_eq!(asked.uploaded, 0, "an announced body is refused before it is sent");

    for how in [
        &["-H", "Expect:"][..],
        &["-H", "Expect:", "-H", "Transfer-Encoding: chunked"],
        &["-H", "Expect: 100-continue", "-H", "Transfer-Encoding: chunked"],
        &["--http2-prior-knowledge"],
        &["--http2-prior-knowledge", "-H", "Content-Length:"],
    ] {
        let refused = send(&too_large, how);
        assert_eq!((refused.exit, refused.status), (0, 413), "{how:?}: {refused:?}");
        assert_eq!(refused.text(), words, "{how:?}");
        assert_eq!(refused.header("x-request-id").unwrap().len(), 36, "{how:?}");
        let taken = send(&fits, how);
        assert_eq!((taken.exit, taken.status), (0, 200), "{how:?}");
        assert!(taken.body.ends_with(&vec![b'x'; 1 << 20]), "{how:?}");
    }
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn an_app_that_takes_too_long_is_answered_for() {
    let shipped = shipped_path();
    let server = serve(&format!(
        "[pipeline:main]\npipeline = request_id timeout debug\n\
         [filter:request_id]\nuse = config:{shipped}#request_id\n\
         [filter:timeout]\nuse = config:{shipped}#timeout\ntimeout = 300ms\n\
         [app:debug]\nuse = config:{shipped}#debug\n{ANY_PORT}"
    ));
    for protocol in ["--http1.1", "--http2-prior-knowledge"] {
        let late = curl(&[protocol, &format!("{}/delay/20", server.url())]);
        assert_eq!((late.exit, late.status), (0, 503));
        assert_eq!(late.text(), "there was no answer in time\n");
        assert_eq!(late.header("x-request-id").unwrap().len(), 36);
        let in_time = curl(&[protocol, &format!("{}/delay/0.01", server.url())]);
        assert_eq!(in_time.status, 200);
    }
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_panic_is_a_500_and_the_server_goes_on() {
    let server = serve_shipped();
    let url = format!("{}/v2.1/panic", server.url());

    let panicked = curl(&["-H", "X-Request-Id: unlucky", "-H", ORIGIN, &url]);
    assert_eq!((panicked.exit, panicked.status), (0, 500));
    assert_eq!(panicked.text(), "Internal Server Error\nrequest: unlucky\n");
    // The filters outside saw it.
    assert_eq!(panicked.header("x-request-id").unwrap(), "unlucky");
    assert_eq!(panicked.header("access-control-allow-origin").unwrap(), "http://localhost:3000");
    server.logged(&["\"GET /v2.1/panic HTTP/1.1\" 500", "unlucky"]);
    assert_eq!(curl(&[&server.url()]).status, 200);

    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let [line] = ended.log("ERROR")[..] else { panic!("not one line: {}", ended.err) };
    for word in ["a request for /panic", "debug.rs:", "/v2.1/panic", "unlucky"] {
        assert!(line.contains(word), "no {word} in {line}");
    }
    assert!(!ended.err.contains("panicked at"), "{}", ended.err);
}
