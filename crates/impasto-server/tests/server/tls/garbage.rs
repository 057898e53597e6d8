use std::sync::Arc;
use std::time::Duration;

use impasto_server::Http;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificates::{Authority, acceptor};
use super::{connect, start};
use crate::support::{Client, Running, soon};

#[tokio::test]
async fn what_is_no_handshake_is_told_so() {
    let authority = Authority::new("ours");
    let server = start(acceptor(&[&authority.issue(&["a.example"])])).await;
    for sent in ["GET / HTTP/1.1\r\nhost: a.example\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut client = server.client().await;
        client.send(sent).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, &*answer.body), (400, "plain HTTP sent to HTTPS port\n"));
        assert_eq!(client.rest().await, (String::new(), true));
    }
    let oversized = [&b"\x16\x03\x01\xff\xff"[..], &[0; 70000]].concat();
    let sslv2 = b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10".to_vec();
    for garbage in [b"\0\0\0\0\0\0\0\0".to_vec(), oversized, sslv2, vec![0xff; 300]] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let _ = stream.write_all(&garbage).await;
        let mut answer = Vec::new();
        let _ = soon(stream.read_to_end(&mut answer)).await;
        assert!(answer.is_empty() || answer[0] == 21, "an alert or nothing: {answer:?}");
    }
    let stream = connect(server.address(), authority.client(), "a.example").await.unwrap();
    assert_eq!(Client::new(stream).get("/").await.body, "hello");
}

#[tokio::test]
async fn a_hello_may_come_byte_by_byte() {
    let authority = Authority::new("ours");
    let server = start(acceptor(&[&authority.issue(&["a.example"])])).await;
    let (client, mut near) = tokio::io::duplex(1);
    let mut far = TcpStream::connect(server.address()).await.unwrap();
    far.set_nodelay(true).unwrap();
    tokio::spawn(async move {
        tokio::io::copy_bidirectional_with_sizes(&mut near, &mut far, 1, 9000).await
    });
    let name = ServerName::try_from("a.example").unwrap();
    let connector = TlsConnector::from(Arc::new(authority.client()));
    let stream = soon(connector.connect(name, client)).await.unwrap();
    assert_eq!(Client::new(stream).get("/").await.body, "hello");
}

#[tokio::test]
async fn a_client_that_stalls_in_the_handshake_is_left() {
    let authority = Authority::new("ours");
    let settings = Http { handshake_timeout: Duration::from_millis(300).into(), ..Http::default() };
    let server = Running::start(settings).await;
    server.tls.set(Some(acceptor(&[&authority.issue(&["a.example"])])));
    for sent in ["", "\u{16}", "\u{16}\u{3}\u{1}\u{1}\0\u{1}\0"] {
        let mut client = server.client().await;
        client.send(sent).await;
        assert_eq!(client.rest().await.0, "");
    }
}
