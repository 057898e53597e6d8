/// Requests that are cancelled.
mod resets;

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use impasto_server::{Http, Outcome};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::support::{Client, Running, app, soon};

type Sender = SendRequest<Empty<Bytes>>;

async fn connect(server: &Running) -> (Sender, JoinHandle<hyper::Result<()>>) {
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let io = TokioIo::new(stream);
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    (sender, tokio::spawn(connection))
}

async fn get(sender: &Sender, path: &str) -> hyper::Result<String> {
    let uri = format!("http://test{path}");
    let request = Request::get(uri).body(Empty::new()).unwrap();
    let response = soon(sender.clone().send_request(request)).await?;
    assert_eq!(response.version(), http::Version::HTTP_2);
    let body = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn many_requests_share_a_connection() {
    let server = Running::start(Http::default()).await;
    let (sender, _) = connect(&server).await;
    let (slow, fast) = tokio::join!(get(&sender, "/slow"), get(&sender, "/"));
    assert_eq!((slow.unwrap().as_str(), fast.unwrap().as_str()), ("slow", "hello"));
    server.swap.store(app("new"));
    assert_eq!(get(&sender, "/").await.unwrap(), "new");
}

#[tokio::test]
async fn a_stuck_request_is_cut_at_the_deadline() {
    let timeout = Duration::from_millis(300);
    let settings = Http { graceful_shutdown_timeout: timeout.into(), ..Http::default() };
    let server = Running::start(settings).await;
    let (sender, _) = connect(&server).await;
    let stuck = tokio::spawn(async move { get(&sender, "/stuck").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.graceful();
    assert_eq!(server.outcome().await, Outcome::Cut { connections: 1 });
    assert!(soon(stuck).await.unwrap().is_err());
}

#[tokio::test]
async fn a_head_is_answered_without_the_body() {
    let server = Running::start(Http::default()).await;
    let (sender, _) = connect(&server).await;
    let request = Request::head("http://test/").body(Empty::new()).unwrap();
    let response = soon(sender.clone().send_request(request)).await.unwrap();
    assert_eq!(response.headers()["content-length"], "5");
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_an_error() {
    let server = Running::start(Http::default()).await;
    let (sender, _) = connect(&server).await;
    assert!(get(&sender, "/broken").await.is_err());
    assert_eq!(get(&sender, "/").await.unwrap(), "hello", "the other streams go on");
}

#[tokio::test]
async fn a_graceful_stop_finishes_the_streams() {
    let server = Running::start(Http::default()).await;
    let (sender, connection) = connect(&server).await;
    let (idle, idle_connection) = connect(&server).await;
    get(&idle, "/").await.unwrap();
    let slow = tokio::spawn(async move { get(&sender, "/slow").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.graceful();
    assert_eq!(slow.await.unwrap().unwrap(), "slow");
    assert_eq!(server.outcome().await, Outcome::Clean);
    soon(connection).await.unwrap().unwrap();
    soon(idle_connection).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_without_requests_is_let_go() {
    let settings = Http { idle_timeout: Duration::from_millis(200).into(), ..Http::default() };
    let server = Running::start(settings).await;
    let (sender, connection) = connect(&server).await;
    let start = Instant::now();
    // A request that takes longer is no reason.
    assert_eq!(get(&sender, "/slow").await.unwrap(), "slow");
    soon(connection).await.unwrap().unwrap();
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn http2_can_be_switched_off() {
    let server = Running::start(Http { http2: false, ..Http::default() }).await;
    let mut client = Client::new(TcpStream::connect(server.address()).await.unwrap());
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let (rest, _) = client.rest().await;
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 4"), "{rest:?}");
}

#[tokio::test]
async fn a_head_has_limits() {
    let server = Running::start(Http::default()).await;
    let (mut sender, _) = connect(&server).await;
    let request = Request::get("http://test/").header("x", "x".repeat(33 * 1024));
    let response = soon(sender.send_request(request.body(Empty::new()).unwrap())).await;
    let status = response.map(|response| response.status());
    assert!(
        matches!(status, Err(_) | Ok(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)),
        "{status:?}"
    );
}

#[tokio::test]
async fn white_space_around_a_value_is_malformed() {
    let server = Running::start(Http::default()).await;
    let (sender, _) = connect(&server).await;
    let status = async |name: &str, value: &'static str| {
        let request = Request::get("http://test/").header(name, value).body(Empty::new()).unwrap();
        soon(sender.clone().send_request(request)).await.unwrap().status().as_u16()
    };
    for value in [" chunked", "x ", "\tx", "x\t", " "] {
        assert_eq!(status("x", value).await, 400, "{value:?}");
        assert_eq!(status("cookie", value).await, 400, "{value:?}");
    }
    assert_eq!(status("x", "x y").await, 200);
    assert_eq!(get(&sender, "/").await.unwrap(), "hello", "the other streams go on");
}

/// The preface and an empty SETTINGS frame.
const HELLO: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[tokio::test]
async fn a_client_that_does_not_say_goodbye_is_left() {
    let window = Duration::from_millis(100);
    let settings = || Http {
        first_byte_window: window.into(),
        idle_timeout: Duration::from_millis(100).into(),
        ..Http::default()
    };
    // One never says which frames it wants, the other never answers the PING.
    for hello in [&HELLO[..24], HELLO] {
        let server = Running::start(settings()).await;
        let (mut idle, mut client) = (server.client().await, server.client().await);
        idle.send(hello).await;
        client.send(hello).await;
        let start = Instant::now();
        idle.ended().await;
        assert!(start.elapsed() < Duration::from_secs(5), "a silent connection ends by itself");
        let start = Instant::now();
        server.stop.graceful();
        assert_eq!(server.outcome().await, Outcome::Clean);
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn a_request_whose_answer_is_not_taken_is_reset() {
    let settings = Http { write_timeout: Duration::from_secs(1).into(), ..Http::default() };
    let server = Running::start(settings).await;
    let io = TokioIo::new(TcpStream::connect(server.address()).await.unwrap());
    let mut client = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
    client.initial_stream_window_size(1000);
    let (sender, connection): (Sender, _) = client.handshake(io).await.unwrap();
    tokio::spawn(connection);
    let large = || Request::get("http://test/large").body(Empty::new()).unwrap();
    let stalled = soon(sender.clone().send_request(large())).await.unwrap();
    let steady = soon(sender.clone().send_request(large())).await.unwrap();
    let mut steady = steady.into_body();
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(2500) {
        soon(steady.frame()).await.unwrap().expect("who takes it is given time");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.live.requests(), 1);
    assert!(soon(stalled.into_body().collect()).await.is_err(), "it was reset");
    assert_eq!(get(&sender, "/").await.unwrap(), "hello", "the connection goes on");
}
