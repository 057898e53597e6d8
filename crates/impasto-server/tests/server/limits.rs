use std::time::{Duration, Instant};

use impasto::settings::Size;
use impasto_server::Http;

use crate::support::{Running, soon};

fn post(headers: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nhost: test\r\n{headers}\r\n")
}

/// The answer to a request of which more is sent than the server reads.
async fn status_of(server: &Running, request: String) -> u16 {
    let mut client = server.client().await;
    client.send(request).await;
    let answer = client.answer().await;
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
    assert!(client.rest().await.1, "the answer is not followed by a reset");
    answer.status
}

#[tokio::test]
async fn a_head_has_limits() {
    let settings = Http { max_headers: 20, ..Http::default() };
    let server = Running::start(settings).await;
    let get = |target: &str, headers: &str| {
        format!("GET {target} HTTP/1.1\r\nhost: test\r\n{headers}\r\n")
    };
    let x = |kib: usize| "x".repeat(kib * 1024);
    assert_eq!(status_of(&server, get(&format!("/{}", x(8)), "")).await, 414);
    assert_eq!(status_of(&server, get(&format!("/?{}", x(20)), "")).await, 414);
    assert_eq!(status_of(&server, get(&format!("/?{}", x(100)), "")).await, 414);
    assert_eq!(status_of(&server, get(&format!("/?{}", x(1000)), "a: b\r\n")).await, 414);
    assert_eq!(status_of(&server, get("/", &format!("a: {}\r\n", x(40)))).await, 431);
    assert_eq!(status_of(&server, get("/", &format!("{}: a\r\n", x(40)))).await, 431);
    assert_eq!(status_of(&server, get("/", &"a: b\r\n".repeat(20))).await, 431);
    assert_eq!(status_of(&server, get("/", &"a: b\r\n".repeat(9000))).await, 431);
    let mut client = server.client().await;
    assert_eq!(client.get(&format!("/{}", "x".repeat(8191))).await.status, 200);
    client.send(get("/", &"a: b\r\n".repeat(19))).await;
    assert_eq!(client.answer().await.status, 200);
}

#[tokio::test]
async fn a_body_has_a_limit() {
    let settings = Http { max_body_size: Size::from_bytes(1000), ..Http::default() };
    let server = Running::start(settings).await;
    let large = "x".repeat(1001);
    assert_eq!(status_of(&server, post("content-length: 1001\r\n") + &large).await, 413);
    let expect = "content-length: 1001\r\nexpect: 100-continue\r\n";
    assert_eq!(status_of(&server, post(expect)).await, 413, "without asking for it");
    let chunked = post("transfer-encoding: chunked\r\n");
    let chunk = format!("3e9\r\n{large}\r\n0\r\n\r\n");
    assert_eq!(status_of(&server, chunked.clone() + &chunk).await, 413);
    // It does not need to end to be too large.
    assert_eq!(status_of(&server, chunked.clone() + "fffff\r\n" + &large).await, 413);
    let mut client = server.client().await;
    client.send(chunked + "3e8\r\n" + &large[1..] + "\r\n0\r\n\r\n").await;
    assert_eq!(client.answer().await.body, &large[1..]);
}

#[tokio::test]
async fn a_body_must_come_in_time() {
    let millis = |millis| Duration::from_millis(millis).into();
    let settings = Http { body_timeout: millis(300), ..Http::default() };
    let server = Running::start(settings).await;
    let mut client = server.client().await;
    let start = Instant::now();
    client.send(post("content-length: 9\r\n") + "xx").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    client.send("x").await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 408);
    assert!(start.elapsed() >= Duration::from_millis(450), "{:?}", start.elapsed());
    assert!(client.rest().await.1);
}

#[tokio::test]
async fn a_trickle_is_no_body() {
    let settings = Http { body_min_rate: Size::from_bytes(10_000), ..Http::default() };
    let server = Running::start(settings).await;
    let mut client = server.client().await;
    let start = Instant::now();
    client.send(post("content-length: 100000\r\n")).await;
    let trickling = async {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            client.send("x").await;
            if start.elapsed() > Duration::from_secs(4) {
                break;
            }
        }
        client.answer().await
    };
    assert_eq!(soon(trickling).await.status, 408);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_client_must_take_its_answer() {
    let settings = Http {
        write_timeout: Duration::from_millis(300).into(),
        keep_alive: Duration::from_millis(300).into(),
        ..Http::default()
    };
    let server = Running::start(settings).await;
    let (mut slow, mut steady) = (server.client().await, server.client().await);
    for client in [&mut slow, &mut steady] {
        client.send("GET /large HTTP/1.1\r\nhost: test\r\n\r\n").await;
    }
    let steadily = async {
        for _ in 0..8 {
            steady.take(1 << 20).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        steady.rest().await.1
    };
    assert!(soon(steadily).await, "who takes it is given time");
    let (rest, regular) = slow.rest().await;
    assert!(!regular || rest.len() < 64 << 20, "{} bytes came in the end", rest.len());
}

#[tokio::test]
async fn so_many_requests_are_worked_on_at_once() {
    let server = Running::start(Http { max_requests: 2, ..Http::default() }).await;
    let mut clients = Vec::new();
    let start = Instant::now();
    for _ in 0..6 {
        let mut client = server.client().await;
        client.send("GET /slow HTTP/1.1\r\nhost: test\r\n\r\n").await;
        clients.push(client);
    }
    for client in &mut clients {
        assert_eq!(client.answer().await.body, "slow");
    }
    assert!(start.elapsed() >= Duration::from_millis(900), "three rounds of 300 ms");
    // An answer that drains slowly keeps nobody waiting.
    let (mut slow, mut other) = (server.client().await, server.client().await);
    for client in [&mut slow, &mut other] {
        client.send("GET /large HTTP/1.1\r\nhost: test\r\n\r\n").await;
        client.head().await;
    }
    assert_eq!(server.client().await.get("/").await.body, "hello");
}

#[tokio::test]
async fn so_many_connections_are_open_at_once() {
    let server = Running::start(Http { max_connections: 2, ..Http::default() }).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    assert_eq!((first.get("/").await.status, second.get("/").await.status), (200, 200));
    let mut third = server.client().await;
    third.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.live.connections(), 2);
    drop(first);
    assert_eq!(third.answer().await.body, "hello", "it was only kept waiting");
    // A reload makes room for more.
    server.live.set(&Http { max_connections: 3, ..Http::default() }).unwrap();
    assert_eq!(server.client().await.get("/").await.status, 200);
}
