use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::certificates::{Authority, acceptor};
use super::{connect, get_over_http2, start, with_alpn};
use crate::support::{Client, soon};

#[tokio::test]
async fn the_protocol_is_agreed_on_in_the_handshake() {
    let authority = Authority::new("ours");
    let server = start(acceptor(&[&authority.issue(&["a.example"])])).await;
    for (offered, agreed) in [
        (&["h2", "http/1.1"][..], Some(&b"h2"[..])),
        (&["http/1.1", "h2"], Some(b"h2")),
        (&["http/1.1"], Some(b"http/1.1")),
        (&["spdy/3", "http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let client = with_alpn(authority.client(), offered);
        let stream = connect(server.address(), client, "a.example").await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), agreed, "{offered:?}");
        match agreed {
            Some(b"h2") => assert_eq!(get_over_http2(stream, "a.example").await.1, "hello"),
            _ => assert_eq!(Client::new(stream).get("/").await.body, "hello"),
        }
    }
    let client = with_alpn(authority.client(), &["spdy/3"]);
    let error = connect(server.address(), client, "a.example").await.unwrap_err().to_string();
    assert!(error.contains("NoApplicationProtocol"), "{error}");
}

#[tokio::test]
async fn who_agrees_on_one_protocol_and_speaks_another_is_let_go() {
    let authority = Authority::new("ours");
    let server = start(acceptor(&[&authority.issue(&["a.example"])])).await;
    for (agreed, sent) in [
        ("h2", "GET / HTTP/1.1\r\nhost: a.example\r\n\r\n"),
        ("http/1.1", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ] {
        let client = with_alpn(authority.client(), &[agreed]);
        let mut stream = connect(server.address(), client, "a.example").await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = soon(stream.read_to_end(&mut answer)).await;
        assert!(!answer.windows(5).any(|window| window == b"hello"), "{agreed}");
    }
}
