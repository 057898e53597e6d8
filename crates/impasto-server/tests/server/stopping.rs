use std::time::{Duration, Instant};

use impasto_server::{Http, Outcome};
use tokio::net::TcpStream;

use crate::support::{Running, soon};

fn window(millis: u64) -> Http {
    Http { first_byte_window: Duration::from_millis(millis).into(), ..Http::default() }
}

#[tokio::test]
async fn requests_in_flight_are_answered() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    client.get("/").await;
    client.send("GET /slow HTTP/1.1\r\nhost: test\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.graceful();
    server.stop.graceful();
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "slow"));
    assert!(answer.head.contains("\r\nconnection: close\r\n"), "{}", answer.head);
    assert_eq!(client.rest().await, (String::new(), true));
    assert_eq!(server.outcome().await, Outcome::Clean);
}

#[tokio::test]
async fn idle_and_silent_connections_are_closed() {
    let server = Running::start(window(0)).await;
    let (mut idle, mut silent) = (server.client().await, server.client().await);
    idle.get("/").await;
    let start = Instant::now();
    server.stop.graceful();
    assert_eq!(idle.rest().await, (String::new(), true));
    assert_eq!(silent.rest().await, (String::new(), true));
    drop((idle, silent));
    let address = server.address();
    assert_eq!(server.outcome().await, Outcome::Clean);
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens");
}

#[tokio::test]
async fn a_request_that_is_already_sent_is_answered() {
    let server = Running::start(Http::default()).await;
    // With one thread, nothing of the server has run when the stop comes.
    let mut client = server.client().await;
    client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n").await;
    server.stop.graceful();
    assert_eq!(client.answer().await.body, "hello");
    assert_eq!(server.outcome().await, Outcome::Clean);
}

#[tokio::test]
async fn a_stuck_request_is_cut_at_the_deadline() {
    let timeout = Duration::from_millis(300);
    let settings = Http { graceful_shutdown_timeout: timeout.into(), ..Http::default() };
    let server = Running::start(settings).await;
    let mut client = server.client().await;
    client.send("GET /stuck HTTP/1.1\r\nhost: test\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    server.stop.graceful();
    assert_eq!(client.rest().await.0, "");
    assert_eq!(server.outcome().await, Outcome::Cut { connections: 1 });
    assert!(start.elapsed() >= timeout && start.elapsed() < Duration::from_secs(5));
}

/// A client may keep a connection for its next request, or not look at the end of one that is over.
#[tokio::test]
async fn connections_with_nothing_in_flight_are_not_missed_at_the_deadline() {
    let timeout = Duration::from_millis(500);
    let settings = Http { graceful_shutdown_timeout: timeout.into(), ..Http::default() };
    let server = Running::start(settings).await;
    let (mut idle, mut answered) = (server.client().await, server.client().await);
    let (silent, mut http2) = (server.client().await, server.client().await);
    idle.get("/").await;
    http2.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
    answered.send("GET /slow HTTP/1.1\r\nhost: test\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    server.stop.graceful();
    assert_eq!(answered.answer().await.status, 200);
    assert_eq!(server.outcome().await, Outcome::Clean);
    assert!(start.elapsed() >= timeout && start.elapsed() < Duration::from_secs(2));
    drop((idle, answered, silent, http2));
}

#[tokio::test]
async fn whatever_is_in_flight_is_missed_at_the_deadline() {
    let timeout = Duration::from_millis(300);
    let settings = Http { graceful_shutdown_timeout: timeout.into(), ..Http::default() };
    let server = Running::start(settings).await;
    let (mut head, mut body) = (server.client().await, server.client().await);
    head.send("GET / HTTP/1.1\r\nho").await;
    body.send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 9\r\n\r\nhalf").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.graceful();
    assert_eq!(server.outcome().await, Outcome::Cut { connections: 2 });
    drop((head, body));
}

#[tokio::test]
async fn an_end_at_once_waits_for_nobody() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    client.send("GET /stuck HTTP/1.1\r\nhost: test\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.graceful();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    server.stop.now();
    assert_eq!(server.outcome().await, Outcome::Cut { connections: 1 });
    assert_eq!(client.rest().await.0, "");
    assert!(start.elapsed() < Duration::from_millis(500));
}

#[tokio::test]
async fn a_request_on_its_way_is_answered() {
    let server = Running::start(window(800)).await;
    let (mut idle, mut silent) = (server.client().await, server.client().await);
    let (mut unused, mut partial) = (server.client().await, server.client().await);
    idle.get("/").await;
    unused.get("/").await;
    partial.send("GET / HTTP/1.1\r\nho").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    server.stop.graceful();
    tokio::time::sleep(Duration::from_millis(300)).await;
    partial.send("st: test\r\n\r\n").await;
    for answer in [idle.get("/").await, silent.get("/slow").await, partial.answer().await] {
        assert_eq!(answer.status, 200);
        assert!(answer.head.contains("\r\nconnection: close\r\n"), "{}", answer.head);
    }
    assert_eq!(idle.rest().await, (String::new(), true));
    assert_eq!(silent.rest().await, (String::new(), true));
    assert_eq!(unused.rest().await, (String::new(), true));
    assert!(start.elapsed() >= Duration::from_millis(800));
    drop((idle, silent, unused, partial));
    assert_eq!(server.outcome().await, Outcome::Clean);
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn an_answer_that_did_not_say_close_is_followed_by_another() {
    let server = Running::start(window(500)).await;
    let mut client = server.client().await;
    client.send("GET /drip HTTP/1.1\r\nhost: test\r\n\r\n").await;
    let head = client.head().await;
    assert!(!head.contains("connection: close"), "{head}");
    server.stop.graceful();
    assert!(client.until("0\r\n\r\n").await.contains("drop"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let answer = client.get("/").await;
    assert!(answer.head.contains("\r\nconnection: close\r\n"), "{}", answer.head);
    assert_eq!(server.outcome().await, Outcome::Clean);
}

/// Clients without a second try, which send while the stop comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_lost_at_a_stop() {
    for round in 0..40 {
        let server = Running::start(window(1000)).await;
        let mut clients = tokio::task::JoinSet::new();
        for number in 0..16 {
            let mut client = server.client().await;
            clients.spawn(async move {
                let mut answered = 0;
                loop {
                    let answer = client.get("/").await;
                    assert_eq!((answer.status, answer.body.as_str()), (200, "hello"));
                    answered += 1;
                    if answer.head.contains("connection: close") {
                        return answered;
                    }
                    if number % 2 == 0 {
                        tokio::time::sleep(Duration::from_micros(number * 150)).await;
                    }
                }
            });
        }
        tokio::time::sleep(Duration::from_micros(2000 + round * 137)).await;
        server.stop.graceful();
        let mut answered = 0;
        while let Some(client) = soon(clients.join_next()).await {
            answered += client.unwrap();
        }
        assert!(answered >= 16);
        assert_eq!(server.outcome().await, Outcome::Clean);
    }
}
