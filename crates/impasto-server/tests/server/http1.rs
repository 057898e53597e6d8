use http::StatusCode;
use impasto_server::Http;

use crate::support::{Running, app};

#[tokio::test]
async fn a_connection_is_kept_alive() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    for _ in 0..3 {
        let answer = client.get("/").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "hello"));
        assert!(answer.head.contains("\r\ndate: "));
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    let one = |path| format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
    client.send([one("/slow"), one("/"), one("/slow")].concat()).await;
    let bodies = [client.answer().await, client.answer().await, client.answer().await];
    assert_eq!(bodies.map(|answer| answer.body), ["slow", "hello", "slow"]);
}

#[tokio::test]
async fn an_answer_does_not_wait_for_the_next_request() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\nGET / HTT").await;
    assert_eq!(client.answer().await.body, "hello");
    client.send("P/1.1\r\nhost: test\r\n\r\nnonsense \x01\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "hello");
    assert_eq!(client.answer().await.status, StatusCode::BAD_REQUEST);
    assert_eq!(client.rest().await, (String::new(), true));
}

#[tokio::test]
async fn an_answer_does_not_wait_for_one_that_takes_time() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    let one = |path| format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
    client.send([one("/"), one("/"), one("/stuck"), one("/")].concat()).await;
    for _ in 0..2 {
        assert_eq!(client.answer().await.body, "hello");
    }
}

#[tokio::test]
async fn a_connection_that_pipelines_may_become_another() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    let get = "GET / HTTP/1.1\r\nhost: test\r\n\r\n";
    let upgrade =
        "GET /upgrade HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    client.send([get, get, upgrade].concat()).await;
    for _ in 0..2 {
        assert_eq!(client.answer().await.body, "hello");
    }
    assert_eq!(client.answer().await.status, StatusCode::SWITCHING_PROTOCOLS);
    client.send("ping").await;
    assert_eq!(client.rest().await.0, "ping");
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    for byte in b"POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 3\r\n\r\nabc" {
        client.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(client.answer().await.body, "abc");
}

#[tokio::test]
async fn every_request_meets_the_stack_of_its_time() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    assert_eq!(client.get("/").await.body, "hello");
    server.swap.store(app("new"));
    assert_eq!(client.get("/").await.body, "new");
}

#[tokio::test]
async fn answers_without_a_body_have_none() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    client.send("HEAD / HTTP/1.1\r\nhost: test\r\n\r\n").await;
    assert!(client.head().await.contains("\r\ncontent-length: 5\r\n"));
    let empty = client.get("/empty").await;
    assert_eq!(empty.status, StatusCode::NO_CONTENT);
    assert!(!empty.head.contains("content-length"));
    assert_eq!(client.get("/").await.body, "hello", "nothing stands between");
}

#[tokio::test]
async fn an_answer_that_breaks_off_never_looks_whole() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    client.send("GET /broken HTTP/1.1\r\nhost: test\r\n\r\n").await;
    client.head().await;
    let (rest, _) = client.rest().await;
    assert!(!rest.contains("0\r\n\r\n"), "{rest:?}");

    // Without chunks only a reset tells.
    let mut client = server.client().await;
    client.send("GET /broken HTTP/1.0\r\n\r\n").await;
    client.head().await;
    let (_, regular) = client.rest().await;
    assert!(!regular);
}

#[tokio::test]
async fn a_body_is_asked_for_only_when_it_is_read() {
    let server = Running::start(Http::default()).await;
    let head = "HTTP/1.1\r\nhost: test\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n";
    let mut client = server.client().await;
    client.send(format!("POST /echo {head}")).await;
    assert_eq!(client.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc").await;
    assert_eq!(client.answer().await.body, "abc");

    client.send(format!("POST /refuse {head}")).await;
    assert_eq!(client.answer().await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_refusal_reaches_a_client_that_still_sends() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    client.send("POST /refuse HTTP/1.1\r\nhost: test\r\ncontent-length: 9000000\r\n\r\n").await;
    for _ in 0..64 {
        client.send([b'x'; 16 * 1024]).await;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    assert_eq!(client.answer().await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(client.rest().await, (String::new(), true));
}

#[tokio::test]
async fn a_head_has_limits() {
    let settings = Http { max_headers: 3, ..Http::default() };
    let server = Running::start(settings).await;
    let with = |headers: &str| format!("GET / HTTP/1.1\r\nhost: test\r\n{headers}\r\n");
    let mut client = server.client().await;
    client.send(with("a: 1\r\nb: 2\r\n")).await;
    assert_eq!(client.answer().await.status, StatusCode::OK);
    client.send(with("a: 1\r\nb: 2\r\nc: 3\r\n")).await;
    assert_eq!(client.answer().await.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);

    let mut client = server.client().await;
    client.send(with(&format!("a: {}\r\n", "x".repeat(33 * 1024)))).await;
    assert_eq!(client.answer().await.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[tokio::test]
async fn apps_learn_who_is_connected() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    let body = client.get("/connection").await.body;
    let local = format!("Some({}) http", server.address());
    assert!(body.starts_with("Some(127.0.0.1:") && body.ends_with(&local), "{body}");
}

#[tokio::test]
async fn a_panic_costs_one_answer() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    assert_eq!(client.get("/panic").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(client.get("/").await.body, "hello");
}
