use std::time::{Duration, Instant};

use impasto_server::Http;

use crate::support::Running;

fn impatient() -> Http {
    Http {
        handshake_timeout: Duration::from_millis(300).into(),
        header_timeout: Duration::from_millis(300).into(),
        keep_alive: Duration::from_millis(900).into(),
        ..Http::default()
    }
}

fn between(start: Instant, least: u64, most: u64) {
    let took = start.elapsed().as_millis() as u64;
    assert!((least..most).contains(&took), "{took} ms");
}

#[tokio::test]
async fn a_silent_client_is_left() {
    let server = Running::start(impatient()).await;
    for silence in ["", "PRI * HT"] {
        let start = Instant::now();
        let mut client = server.client().await;
        client.send(silence).await;
        assert_eq!(client.rest().await.0, "");
        between(start, 250, 850);
    }
}

#[tokio::test]
async fn a_head_must_come_in_time_however_it_trickles() {
    let server = Running::start(impatient()).await;
    let mut client = server.client().await;
    let start = Instant::now();
    client.send("GET / HTTP/1.1\r\n").await;
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        client.send("a: b\r\n").await;
    }
    assert_eq!(client.answer().await.status, 408);
    assert!(client.rest().await.1);
    between(start, 250, 850);
}

#[tokio::test]
async fn the_second_head_has_no_more_time_than_the_first() {
    let server = Running::start(impatient()).await;
    let mut client = server.client().await;
    assert_eq!(client.get("/").await.status, 200);
    // The connection may rest for longer than a head may take.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let start = Instant::now();
    client.send("GET / HT").await;
    assert_eq!(client.answer().await.status, 408);
    between(start, 250, 850);
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let server = Running::start(impatient()).await;
    let mut client = server.client().await;
    for _ in 0..2 {
        assert_eq!(client.get("/").await.body, "hello");
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    assert_eq!(client.get("/slow").await.body, "slow");
    let start = Instant::now();
    assert_eq!(client.rest().await, (String::new(), true));
    between(start, 800, 1800);
}

#[tokio::test]
async fn a_slow_body_is_not_a_slow_head() {
    let server = Running::start(impatient()).await;
    let mut client = server.client().await;
    client.send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 8\r\n\r\n").await;
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        client.send("x").await;
    }
    assert_eq!(client.answer().await.body, "xxxxxxxx");
}

#[tokio::test]
async fn keep_alive_can_be_switched_off() {
    let settings = Http { keep_alive: Duration::ZERO.into(), ..Http::default() };
    let server = Running::start(settings).await;
    let mut client = server.client().await;
    assert!(client.get("/").await.head.contains("\r\nconnection: close\r\n"));
    assert_eq!(client.rest().await, (String::new(), true));
}

#[tokio::test]
async fn half_a_head_behind_a_request_has_no_more_time_than_another() {
    let server = Running::start(impatient()).await;
    for (before, answers) in [
        ("GET / HTTP/1.1\r\nhost: test\r\n\r\n", 1),
        ("GET /slow HTTP/1.1\r\nhost: test\r\n\r\nGET / HTTP/1.1\r\nhost: test\r\n\r\n", 2),
        ("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 3\r\n\r\nabc", 1),
    ] {
        let mut client = server.client().await;
        client.send(format!("{before}GET / HT")).await;
        for _ in 0..answers {
            assert_eq!(client.answer().await.status, 200);
        }
        let start = Instant::now();
        assert_eq!(client.answer().await.status, 408);
        between(start, 250, 850);
    }
}

#[tokio::test]
async fn nova_s_timeout_of_a_client_is_for_every_protocol() {
    let client_socket_timeout = Some(Duration::from_millis(300).into());
    let server = Running::start(Http { client_socket_timeout, ..Http::default() }).await;
    let mut client = server.client().await;
    assert_eq!(client.get("/").await.status, 200);
    let start = Instant::now();
    assert_eq!(client.rest().await, (String::new(), true));
    between(start, 250, 850);
}
