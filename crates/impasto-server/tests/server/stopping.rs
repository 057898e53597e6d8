use std::time::{Duration, Instant};

use impasto_server::{Http, Outcome};
use tokio::net::TcpStream;

use crate::support::Running;

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
    let server = Running::start(Http::default()).await;
    let (mut idle, mut silent) = (server.client().await, server.client().await);
    idle.get("/").await;
    let start = Instant::now();
    server.stop.graceful();
    assert_eq!(idle.rest().await, (String::new(), true));
    assert_eq!(silent.rest().await, (String::new(), true));
    let address = server.address();
    assert_eq!(server.outcome().await, Outcome::Clean);
    assert!(start.elapsed() < Duration::from_secs(2));
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
