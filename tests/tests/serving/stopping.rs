use std::io::ErrorKind;
use std::time::Duration;

use http::Method;
use impasto_tests::server::{Server, shipped};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{BOTH, Client, Version, request};
use crate::serve;

/// A connection on which a request has been sent.
async fn asking(server: &Server, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.authority()).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn term_answers_what_is_in_flight_and_closes_what_is_idle() {
    let server = serve(&shipped(), &[]);
    let mut idle = Vec::new();
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        assert_eq!(client.get("/").await.status(), 200);
        idle.push(client);
    }
    let mut streams = Client::connect(&server.url(), Version::Http2).await;
    let slow = streams.begin(request(Method::GET, "/v2.1/delay/2", "")).await;
    // The later of two streams is answered, so the earlier has arrived.
    assert_eq!(streams.get("/").await.status(), 200);
    let mut plain = asking(&server, "/v2.1/delay/2").await;
    let authority = server.authority();

    server.signal("TERM");
    while TcpStream::connect(&authority).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let early = plain.try_read(&mut [0]).unwrap_err();
    assert_eq!(early.kind(), ErrorKind::WouldBlock, "nobody listens while it is answered");
    let mut answer = String::new();
    plain.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    // A resting connection is closed when nothing was on its way.
    for client in idle {
        client.closed().await.unwrap();
    }
    assert_eq!(slow.await.unwrap().status(), 200);
    streams.closed().await.unwrap();
    let ended = server.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

/// The file as it is shipped, with less time for a stop.
fn impatient() -> Server {
    // Its last section is that of the server.
    serve(&format!("{}graceful_shutdown_timeout = 300ms\n", shipped()), &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_cut() {
    let server = impatient();
    let mut stuck = asking(&server, "/v2.1/delay/9").await;
    let ended = server.stop();
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(!matches!(stuck.read(&mut [0]).await, Ok(1..)), "no answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_does_not_wait() {
    let server = serve(&shipped(), &[]);
    let mut stuck = asking(&server, "/v2.1/delay/9").await;
    server.signal("TERM");
    server.signal("INT");
    assert_eq!(server.end().code, Some(1));
    assert!(!matches!(stuck.read(&mut [0]).await, Ok(1..)), "no answer");
}
