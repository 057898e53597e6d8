use std::time::{Duration, Instant};

use impasto_server::Http;

use crate::support::Running;

/// Longer than it takes a connection to come to rest.
async fn rest() {
    tokio::time::sleep(Duration::from_millis(250)).await;
}

#[tokio::test]
async fn a_connection_that_rested_goes_on() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    for _ in 0..3 {
        assert_eq!(client.get("/").await.body, "hello");
        rest().await;
    }
    client.send("GET / HT").await;
    rest().await;
    client.send("TP/1.1\r\nhost: a.example\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "hello");
    rest().await;
    client.send("GET /upgrade HTTP/1.1\r\nhost: a.example\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 101);
    rest().await;
    client.send("ping").await;
    assert_eq!(client.rest().await, ("ping".to_owned(), true));
}

#[tokio::test]
async fn half_a_head_behind_a_request_is_kept_and_has_its_deadline() {
    let settings = Http { header_timeout: Duration::from_secs(1).into(), ..Http::default() };
    let server = Running::start(settings).await;
    let both = "GET / HTTP/1.1\r\nhost: a.example\r\n\r\nGET / HTTP/1.1\r\nho";
    let mut client = server.client().await;
    client.send(both).await;
    assert_eq!(client.answer().await.body, "hello");
    rest().await;
    client.send("st: a.example\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "hello");

    client.send(both).await;
    assert_eq!(client.answer().await.body, "hello");
    let start = Instant::now();
    assert_eq!(client.answer().await.status, 408);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn an_answer_that_is_not_taken_is_not_at_rest() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    client.send("GET /large HTTP/1.1\r\nhost: a.example\r\n\r\n").await;
    for _ in 0..2 {
        rest().await;
        client.take(1 << 20).await;
    }
    server.stop.graceful();
    let (rest, _) = client.rest().await;
    let head = rest.len() as i64 + (2 << 20) - (64 << 20);
    assert!((20..1000).contains(&head), "{head} bytes more than the body");
}

#[tokio::test]
async fn a_body_that_is_read_behind_its_answer_is_not_at_rest() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    client.send("POST /later HTTP/1.1\r\nhost: a.example\r\ncontent-length: 8\r\n\r\n1234").await;
    assert_eq!(client.answer().await.body, "later");
    rest().await;
    client.send("::::GET / HTTP/1.1\r\nhost: a.example\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "hello");
}

#[tokio::test]
async fn one_that_rests_is_answered_within_the_window_of_a_stop() {
    let server = Running::start(Http::default()).await;
    let mut client = server.client().await;
    assert_eq!(client.get("/").await.body, "hello");
    rest().await;
    server.stop.graceful();
    rest().await;
    let answer = client.get("/").await;
    assert_eq!(answer.body, "hello");
    assert!(answer.head.contains("\r\nconnection: close\r\n"), "{}", answer.head);
    assert_eq!(client.rest().await, (String::new(), true));
}
