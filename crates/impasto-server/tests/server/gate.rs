use impasto_server::Http;

use crate::support::Running;

const HOST: &str = "host: test\r\n";

/// Requests and the status of the only answer, after which the connection is closed.
#[tokio::test]
async fn what_can_be_read_in_two_ways_is_refused() {
    let server = Running::start(Http::default()).await;
    let body = "\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: test\r\n\r\n";
    let get = |headers: &str| format!("GET / HTTP/1.1\r\n{headers}\r\n");
    let post = |headers: &str| format!("POST /echo HTTP/1.1\r\n{HOST}{headers}{body}");
    let line = |line: &str| format!("{line}\r\n{HOST}\r\n");
    for (request, status) in [
        // For whom.
        (get(""), 400),
        (get("host: a\r\nhost: a\r\n"), 400),
        (get("host: a\r\nHost: b\r\n"), 400),
        (get("host: a, b\r\n"), 400),
        (get("host: user@a\r\n"), 400),
        (get("host: a/path\r\n"), 400),
        (get("host: a:99999\r\n"), 400),
        (get("host: a:8a\r\n"), 400),
        (get("host: [::1\r\n"), 400),
        ("GET / HTTP/1.0\r\nhost: a\r\nhost: b\r\n\r\n".to_owned(), 400),
        (line("GET http://other/ HTTP/1.1"), 400),
        (line("GET http://user@test/ HTTP/1.1"), 400),
        // How long.
        (post("content-length: 5\r\ncontent-length: 6\r\n"), 400),
        (post("content-length: 5, 5\r\n"), 400),
        (post("content-length: 5\r\nContent-Length:5\r\n"), 400),
        (post("content-length: 5\r\ntransfer-encoding: chunked\r\n"), 400),
        (post("transfer-encoding: chunked\r\ncontent-length: 5\r\n"), 400),
        (post("content-length: +5\r\n"), 400),
        (post("content-length: -5\r\n"), 400),
        (post("content-length: 0x5\r\n"), 400),
        (post("content-length: 5_0\r\n"), 400),
        (post("content-length: 1 0\r\n"), 400),
        (post("content-length: \r\n"), 400),
        (post("content-length: 99999999999999999999\r\n"), 400),
        (post("transfer-encoding: xchunked\r\n"), 400),
        (post("transfer-encoding: chunked;x\r\n"), 400),
        (post("transfer-encoding: ,chunked\r\n"), 400),
        (post("transfer-encoding: chunked,\r\n"), 400),
        (post("transfer-encoding: identity\r\n"), 400),
        (post("transfer-encoding: chunked, identity\r\n"), 400),
        (post("transfer-encoding: chunked, chunked\r\n"), 400),
        (post("transfer-encoding: gzip, chunked\r\n"), 501),
        (post("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n"), 400),
        (post("transfer-encoding: \x0bchunked\r\n"), 400),
        (post("transfer_encoding: chunked\r\n"), 400),
        (post("Content_Length: 5\r\n"), 400),
        (post("transfer-encoding : chunked\r\n"), 400),
        (format!("POST /echo HTTP/1.0\r\ntransfer-encoding: chunked\r\n{body}"), 400),
        // For what.
        (line("GET * HTTP/1.1"), 400),
        (line("GET test:80 HTTP/1.1"), 400),
        (line("GET test HTTP/1.1"), 400),
        (line("GET ftp://test/ HTTP/1.1"), 400),
        (line("GET /a\\b HTTP/1.1"), 400),
        (line("GET /%00 HTTP/1.1"), 400),
        (line("GET /\u{e4} HTTP/1.1"), 400),
        (line("GET /#a HTTP/1.1"), 400),
        (line("GET /a b HTTP/1.1"), 400),
        (line("GET  / HTTP/1.1"), 400),
        (line("GET / HTTP/1.10"), 400),
        (line("GET / http/1.1"), 400),
        (line("CONNECT test:80 HTTP/1.1"), 501),
        (line("TRACE / HTTP/1.1"), 501),
        (line(&format!("{} / HTTP/1.1", "M".repeat(33))), 501),
        // With what.
        (get(&format!("{HOST}expect: tea\r\n")), 417),
        (get(&format!("{HOST} folded: 1\r\n")), 400),
        (get(&format!("{HOST}a: 1\r\n folded\r\n")), 400),
        (get(&format!("{HOST}no colon\r\n")), 400),
        (get(&format!("{HOST}: no name\r\n")), 400),
        (get(&format!("{HOST}a: b\0c\r\n")), 400),
        (get(&format!("{HOST}a: b\rc\r\n")), 400),
    ] {
        let mut client = server.client().await;
        // What the client sent last is unread when it is refused, and the answer must not suffer.
        client.send(&request).await;
        let (rest, regular) = client.rest().await;
        let says = format!("HTTP/1.{}", if request.contains("HTTP/1.0") { "0" } else { "1" });
        let answer = format!("{status} ");
        assert!(regular, "{request:?} is answered with a reset");
        assert!(
            rest.split_once(' ').is_some_and(|(_, rest)| rest.starts_with(&answer)),
            "{request:?} is answered {rest:?}, not {says} {answer}"
        );
        assert_eq!(rest.matches("HTTP/1.").count(), 1, "{request:?} has a second answer: {rest:?}");
    }
}

#[tokio::test]
async fn what_is_unusual_and_clear_is_served() {
    let server = Running::start(Http::default()).await;
    for (request, body) in [
        (format!("GET http://test/ HTTP/1.1\r\n{HOST}\r\n"), "hello"),
        (format!("GET http://TEST:80/ HTTP/1.1\r\n{HOST}\r\n"), "hello"),
        ("GET / HTTP/1.1\r\nhost:\r\n\r\n".to_owned(), "hello"),
        ("GET / HTTP/1.1\r\nhost: [::1]:8080\r\n\r\n".to_owned(), "hello"),
        (format!("OPTIONS * HTTP/1.1\r\n{HOST}\r\n"), "hello"),
        (format!("PROPFIND /%20?q=%2500 HTTP/1.1\r\n{HOST}\r\n"), "hello"),
        (format!("GET /echo HTTP/1.1\r\n{HOST}content-length: 2\r\n\r\nok"), "ok"),
        (
            format!(
                "POST /echo HTTP/1.1\r\n{HOST}Transfer-Encoding: CHUNKED\r\n\r\n2\r\nok\r\n0\r\n\r\n"
            ),
            "ok",
        ),
        (
            format!(
                "GET / HTTP/1.1\r\n{HOST}connection: upgrade, http2-settings\r\nupgrade: h2c\r\n\r\n"
            ),
            "hello",
        ),
    ] {
        let mut client = server.client().await;
        client.send(&request).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.body.as_str()), (200, body), "{request:?}");
        assert_eq!(
            client.get("/").await.status,
            200,
            "{request:?} leaves the connection as it was"
        );
    }
}

/// Where they are let pass, the chunks decide, as RFC 9112 has it, and nothing behind them is a request.
#[tokio::test]
async fn two_lengths_are_one_request_and_the_last() {
    let server = Running::start(Http { strict: false, ..Http::default() }).await;
    let lengths = ["content-length: 50\r\n", "transfer-encoding: chunked\r\n"];
    for headers in [lengths.concat(), [lengths[1], lengths[0]].concat()] {
        let mut client = server.client().await;
        let smuggled = "GET /smuggled HTTP/1.1\r\nhost: test\r\n\r\n";
        client
            .send(format!(
                "POST /echo HTTP/1.1\r\n{HOST}{headers}\r\n2\r\nok\r\n0\r\n\r\n{smuggled}"
            ))
            .await;
        let (rest, regular) = client.rest().await;
        assert_eq!(rest.matches("HTTP/1.1").count(), 1, "{rest:?}");
        assert!(regular && rest.contains("connection: close"), "{rest:?}");
    }
}

#[tokio::test]
async fn a_malformed_body_is_answered() {
    let server = Running::start(Http::default()).await;
    for body in ["x\r\n", "-1\r\n", "2\r\nokk\r\n", "ffffffffffffffff1\r\n", "2;\nok\r\n"] {
        let mut client = server.client().await;
        let head = format!("POST /echo HTTP/1.1\r\n{HOST}transfer-encoding: chunked\r\n\r\n");
        client.send(format!("{head}{body}0\r\n\r\nGET / HTTP/1.1\r\n{HOST}\r\n")).await;
        let (rest, regular) = client.rest().await;
        assert!(regular && rest.starts_with("HTTP/1.1 400 "), "{body:?} is answered {rest:?}");
        assert_eq!(rest.matches("HTTP/1.1").count(), 1, "{body:?} is answered {rest:?}");
    }
}

#[tokio::test]
async fn the_gate_can_be_opened() {
    let server = Running::start(Http { strict: false, ..Http::default() }).await;
    let mut client = server.client().await;
    client.send("GET /%00 HTTP/1.1\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 200);
}
