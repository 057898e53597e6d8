use std::sync::Arc;

use rustls::HandshakeKind::{Full, Resumed};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, HandshakeKind};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificates::{Authority, Files, acceptor};
use super::start;
use crate::support::{Client, Running, soon};

/// How a connection of `client` begins.
async fn handshake(server: &Running, client: &Arc<ClientConfig>) -> HandshakeKind {
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let name = ServerName::try_from("a.example").unwrap();
    let stream = soon(TlsConnector::from(client.clone()).connect(name, stream)).await.unwrap();
    let mut client = Client::new(stream);
    // The tickets come with the answer.
    assert_eq!(client.get("/").await.body, "hello");
    client.into_inner().get_ref().1.handshake_kind().unwrap()
}

#[tokio::test]
async fn a_session_is_resumed_after_an_exchange_of_certificates_and_by_no_other_process() {
    let authority = Authority::new("ours");
    let issued = authority.issue(&["a.example"]);
    let client = Arc::new(authority.client());
    let server = start(acceptor(&[&issued])).await;
    assert_eq!(handshake(&server, &client).await, Full);
    assert_eq!(handshake(&server, &client).await, Resumed);
    server.tls.set(Some(acceptor(&[&authority.issue(&["a.example"])])));
    assert_eq!(handshake(&server, &client).await, Resumed);
    let another = start(acceptor(&[&issued])).await;
    assert_eq!(handshake(&another, &client).await, Full);
}

#[tokio::test]
async fn a_certificate_of_a_client_is_looked_at_each_time() {
    let authority = Authority::new("ours");
    let issued = authority.issue(&["a.example"]);
    let files = Files::default()
        .with("a.pem", format!("{}{}", issued.cert, issued.key))
        .with("ca.pem", authority.pem());
    let server = start(files.load_all(&["a.pem"], &[], Some("ca.pem")).unwrap()).await;
    let client = Arc::new(authority.client_with(&authority.issue(&["client"])));
    for _ in 0..3 {
        assert_eq!(handshake(&server, &client).await, Full);
    }
}
