use impasto_server::Http;
use rcgen::{KeyPair, PKCS_RSA_SHA256};
use rustls::crypto::aws_lc_rs::cipher_suite;

use super::certificates::{Authority, acceptor};
use super::{certificate, connect, der, get_over_http2, start, with_alpn};
use crate::support::{Client, Running};

#[tokio::test]
async fn the_name_decides_on_the_certificate() {
    let authority = Authority::new("ours");
    let (first, second) = (
        authority.issue(&["a.example", "127.0.0.1"]),
        authority.issue(&["*.B.example", "c.example"]),
    );
    let server = start(acceptor(&[&first, &second])).await;
    for (name, expected) in [
        ("a.example", &first),
        ("x.b.example", &second),
        ("X.B.EXAMPLE", &second),
        ("c.example", &second),
        ("127.0.0.1", &first),
    ] {
        let stream = connect(server.address(), authority.client(), name).await.unwrap();
        assert_eq!(*certificate(&stream), der(expected), "{name}");
    }
    for unknown in ["b.example", "x.y.b.example", "other.example"] {
        let error = connect(server.address(), authority.client(), unknown).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("not valid for name"), "the first certificate is shown: {text}");
    }
}

#[tokio::test]
async fn a_request_is_for_the_host_of_its_handshake() {
    let authority = Authority::new("ours");
    let acceptor = acceptor(&[&authority.issue(&["a.example", "b.example"])]);
    for (strict, status) in [(true, 421), (false, 200)] {
        let server = Running::start(Http { strict_sni_host: strict, ..Http::default() }).await;
        server.tls.set(Some(acceptor.clone()));
        let stream = connect(server.address(), authority.client(), "a.example").await.unwrap();
        let mut client = Client::new(stream);
        for (host, expected) in [("b.example", status), ("A.example:443", 200)] {
            client.send(format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n")).await;
            assert_eq!(client.answer().await.status, expected, "{host}");
        }
        let client = with_alpn(authority.client(), &["h2"]);
        let stream = connect(server.address(), client, "a.example").await.unwrap();
        assert_eq!(get_over_http2(stream, "b.example").await.0, status);
    }
}

#[tokio::test]
async fn one_name_may_have_keys_of_two_kinds() {
    let authority = Authority::new("ours");
    let curve = authority.issue(&["a.example"]);
    let rsa = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let rsa = authority.issue_for(rsa, &["a.example"], |_| ());
    let server = start(acceptor(&[&curve, &rsa])).await;
    let stream = connect(server.address(), authority.client(), "a.example").await.unwrap();
    assert_eq!(*certificate(&stream), der(&curve), "the first that the client understands");

    let old = authority.client_of(vec![cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]);
    let stream = connect(server.address(), old, "a.example").await.unwrap();
    assert_eq!(*certificate(&stream), der(&rsa));
}
