use std::sync::Arc;
use std::time::Duration;

use impasto_server::{Http, Outcome};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;

use super::certificates::{Authority, acceptor};
use super::{certificate, connect, der, start};
use crate::support::{Client, Running, app, soon};

#[tokio::test]
async fn an_app_is_served_and_knows_how() {
    let authority = Authority::new("ours");
    let server = start(acceptor(&[&authority.issue(&["a.example"])])).await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let provider = Arc::clone(authority.client().crypto_provider());
        let client = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_webpki_verifier(authority.verifier())
            .with_no_client_auth();
        let stream = connect(server.address(), client, "A.Example").await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
        let mut client = Client::new(stream);
        assert_eq!(client.get("/").await.body, "hello");
        let body = client.get("/connection").await.body;
        assert!(body.ends_with(" https a.example -"), "{body}");
    }
}

#[tokio::test]
async fn connections_stay_when_certificates_are_exchanged_or_encryption_ends() {
    let authority = Authority::new("ours");
    let (old, new) = (authority.issue(&["a.example"]), authority.issue(&["a.example"]));
    let server = start(acceptor(&[&old])).await;
    let stream = connect(server.address(), authority.client(), "a.example").await.unwrap();
    assert_eq!(*certificate(&stream), der(&old));
    let mut client = Client::new(stream);
    assert_eq!(client.get("/").await.body, "hello");

    server.tls.set(Some(acceptor(&[&new])));
    let stream = connect(server.address(), authority.client(), "a.example").await.unwrap();
    assert_eq!(*certificate(&stream), der(&new));

    server.tls.set(None);
    assert_eq!(server.client().await.get("/").await.body, "hello", "clear text");
    server.swap.store(app("bye"));
    assert_eq!(client.get("/").await.body, "bye");
    server.stop.graceful();
    assert_eq!(server.outcome().await, Outcome::Clean);
    assert_eq!(client.rest().await, (String::new(), true), "it is closed by the book");
}

#[tokio::test]
async fn one_that_rested_goes_on_and_is_closed_by_the_book() {
    let authority = Authority::new("ours");
    let keep_alive = Duration::from_millis(600).into();
    let server = Running::start(Http { keep_alive, ..Http::default() }).await;
    server.tls.set(Some(acceptor(&[&authority.issue(&["a.example"])])));
    let stream = connect(server.address(), authority.client(), "a.example").await.unwrap();
    let mut client = Client::new(stream);
    for _ in 0..2 {
        assert_eq!(client.get("/").await.body, "hello");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(client.rest().await, (String::new(), true));
}

#[tokio::test]
async fn long_answers_and_pipelines_arrive_whole() {
    let authority = Authority::new("ours");
    let server = start(acceptor(&[&authority.issue(&["a.example"])])).await;
    let stream = connect(server.address(), authority.client(), "a.example").await.unwrap();
    let mut client = Client::new(stream);
    let body = "0123456789abcdef".repeat(64 * 1024);
    let head =
        format!("POST /echo HTTP/1.1\r\nhost: a.example\r\ncontent-length: {}\r\n\r\n", body.len());
    client.send(head).await;
    client.send(&body).await;
    assert!(client.answer().await.body == body);
    let many = "GET / HTTP/1.1\r\nhost: a.example\r\n\r\n".repeat(2000);
    client.send(&many).await;
    for _ in 0..2000 {
        assert_eq!(client.answer().await.body, "hello");
    }
}

#[tokio::test]
async fn pipelined_answers_reach_a_client_that_reads_late() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let listen = vec![format!("unix:{}", path.display()).parse().unwrap()];
    let server = Running::start(Http { listen, ..Http::default() }).await;
    let authority = Authority::new("ours");
    server.tls.set(Some(acceptor(&[&authority.issue(&["a.example"])])));
    // Some of these are more than the socket holds and less than it holds with what TLS buffers.
    for count in (500..4000).step_by(250) {
        let stream = UnixStream::connect(&path).await.unwrap();
        let name = ServerName::try_from("a.example").unwrap();
        let connector = TlsConnector::from(Arc::new(authority.client()));
        let mut client = Client::new(soon(connector.connect(name, stream)).await.unwrap());
        client.send("GET / HTTP/1.1\r\nhost: a.example\r\n\r\n".repeat(count)).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        for _ in 0..count {
            assert_eq!(client.answer().await.body, "hello");
        }
    }
}
