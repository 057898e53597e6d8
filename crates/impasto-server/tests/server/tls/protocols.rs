use rustls::CipherSuite;
use rustls::crypto::aws_lc_rs::{ALL_CIPHER_SUITES, cipher_suite};
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

#[tokio::test]
async fn of_the_ciphers_that_a_client_has_the_cheapest_is_taken() {
    let authority = Authority::new("ours");
    let server = start(acceptor(&[&authority.issue(&["a.example"])])).await;
    let new: Vec<_> =
        ALL_CIPHER_SUITES.iter().copied().filter(|suite| suite.tls13().is_some()).collect();
    let backwards = new.iter().rev().copied().collect();
    let old = vec![
        cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ];
    for (offered, taken) in [
        (backwards, CipherSuite::TLS13_AES_128_GCM_SHA256),
        (old, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
        (vec![cipher_suite::TLS13_AES_256_GCM_SHA384], CipherSuite::TLS13_AES_256_GCM_SHA384),
        (new, CipherSuite::TLS13_AES_128_GCM_SHA256),
    ] {
        let stream =
            connect(server.address(), authority.client_of(offered), "a.example").await.unwrap();
        let suite = stream.get_ref().1.negotiated_cipher_suite();
        assert_eq!(suite.map(|suite| suite.suite()), Some(taken));
    }
}
