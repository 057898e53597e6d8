use std::time::{Duration, Instant};

use impasto_tests::server::{Server, shipped_path};

use crate::curl::{Waiting, begin, curl};
use crate::{serve, serve_shipped};

/// curl's exit code for a time that is over.
const TIMED_OUT: i32 = 28;

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_client_that_leaves_is_in_the_log() {
    let server = serve_shipped();
    for (protocol, version) in [("--http1.1", "1.1"), ("--http2-prior-knowledge", "2.0")] {
        let slowly = ["--limit-rate", "10k", "--max-time", "1"];
        // More than sockets hold.
        let url = format!("{}/v2.1/bytes/1000000000", server.url());
        let left = curl(&[&[protocol, &url], &slowly[..]].concat());
        assert_eq!((left.exit, left.status), (TIMED_OUT, 200), "{protocol}");
        let request = format!("\"GET /v2.1/bytes/1000000000 HTTP/{version}\" 200 ");
        let line = server.logged(&[&request]);
        assert!(line.ends_with(" aborted"), "{line}");

        // Before there is an answer.
        let url = format!("{}/v2.1/delay/9", server.url());
        assert_eq!(curl(&[protocol, "--max-time", "0.3", &url]).exit, TIMED_OUT);
        server.logged(&[&format!("\"GET /v2.1/delay/9 HTTP/{version}\" 499 ")]);
    }
    assert_eq!(curl(&[&server.url()]).status, 200);
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn term_lets_requests_in_flight_finish() {
    let server = serve_shipped();
    let waiting: Vec<Waiting> = ["--http1.1", "--http1.1", "--http2-prior-knowledge"]
        .into_iter()
        .map(|protocol| begin(&[protocol, &format!("{}/v2.1/delay/1", server.url())]))
        .collect();
    let url = server.url();
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for waiting in waiting {
        let answer = waiting.end();
        assert_eq!((answer.exit, answer.status), (0, 200));
    }
    assert_eq!(ended.out.matches("\"GET /v2.1/delay/1 HTTP/").count(), 3, "{}", ended.out);
    const COULD_NOT_CONNECT: i32 = 7;
    assert_eq!(curl(&[&url]).exit, COULD_NOT_CONNECT);
}

/// A server that gives a stop little time, with a request that takes a minute.
fn stuck() -> (Server, Waiting) {
    let server = serve(&format!(
        "[app:main]\nuse = config:{}#debug\n\
         [server:main]\nuse = egg:impasto#http\nport = 0\ngraceful_shutdown_timeout = 500ms\n",
        shipped_path()
    ));
    let waiting = begin(&[&format!("{}/delay/60", server.url())]);
    // When this is answered, the other has been accepted.
    assert_eq!(curl(&[&server.url()]).status, 200);
    (server, waiting)
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_request_that_is_stuck_is_cut_at_the_deadline() {
    let (server, waiting) = stuck();
    let start = Instant::now();
    let ended = server.stop();
    assert!(start.elapsed() >= Duration::from_millis(500));
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("connections=1"), "{}", ended.err);
    let cut = waiting.end();
    assert!(cut.exit != 0 && cut.status == 0, "{cut:?}");
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn int_and_quit_end_it_at_once() {
    for signal in ["INT", "QUIT"] {
        let (server, waiting) = stuck();
        server.signal(signal);
        let ended = server.end();
        assert_eq!(ended.code, Some(1), "{signal}: {}", ended.err);
        assert_ne!(waiting.end().exit, 0);
    }
}
