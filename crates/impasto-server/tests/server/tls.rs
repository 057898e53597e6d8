use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use impasto_server::{Acceptor, Http, Outcome};
use rcgen::date_time_ymd;
use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::certificates::{Authority, Files, Issued, acceptor};
use crate::support::{Client, Running, app, soon};

async fn start(acceptor: Acceptor) -> Running {
    let server = Running::start(Http::default()).await;
    server.tls.set(Some(acceptor));
    server
}

/// A handshake; a name that is an address is not sent.
async fn connect(
    address: SocketAddr,
    client: ClientConfig,
    name: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    soon(TlsConnector::from(Arc::new(client)).connect(name, stream)).await
}

fn with_alpn(mut client: ClientConfig, protocols: &[&str]) -> ClientConfig {
    client.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    client
}

fn certificate(stream: &TlsStream<TcpStream>) -> &CertificateDer<'static> {
    &stream.get_ref().1.peer_certificates().unwrap()[0]
}

fn der(issued: &Issued) -> CertificateDer<'static> {
    use rustls::pki_types::pem::PemObject;
    CertificateDer::from_pem_slice(issued.cert.as_bytes()).unwrap()
}

#[tokio::test]
async fn an_app_is_served_and_knows_how() {
    let authority = Authority::new("ours");
    let server = start(acceptor(&[&authority.issue(&["a.example"])])).await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut client = authority.client();
        client = ClientConfig::builder_with_provider(client.crypto_provider().clone())
            .with_protocol_versions(&[version])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(authority.verifier())
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

async fn get_over_http2(stream: TlsStream<TcpStream>, host: &str) -> (u16, String) {
    let io = TokioIo::new(stream);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("https://{host}/")).body(Empty::<Bytes>::new()).unwrap();
    let (head, body) = soon(sender.send_request(request)).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status.as_u16(), String::from_utf8(body.to_vec()).unwrap())
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
async fn clients_show_certificates_where_they_must() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let server = ours.issue(&["a.example"]);
    let files = Files::default()
        .with("a.pem", format!("{}{}", server.cert, server.key))
        .with("ca.pem", theirs.pem());
    let server = start(files.load_all(&["a.pem"], &[], Some("ca.pem")).unwrap()).await;
    let said = async |client: ClientConfig| -> String {
        let mut stream = match connect(server.address(), client, "a.example").await {
            Ok(stream) => stream,
            Err(error) => return error.to_string(),
        };
        // With TLS 1.3 a client learns of its refusal when it reads.
        let request = b"GET /connection HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(request).await;
        let mut answer = String::new();
        match soon(stream.read_to_string(&mut answer)).await {
            Ok(_) => answer,
            Err(error) => error.to_string(),
        }
    };
    let known = theirs.issue(&["client"]);
    let answer = said(ours.client_with(&known)).await;
    let shown = format!(" https a.example {} bytes", der(&known).len());
    assert!(answer.ends_with(&shown), "{answer}");

    let old = theirs.issue_with(&["client"], |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 2, 3);
    });
    for (client, alert) in [
        (ours.client(), "CertificateRequired"),
        (ours.client_with(&old), "CertificateExpired"),
        (ours.client_with(&ours.issue(&["client"])), "UnknownCA"),
    ] {
        let error = said(client).await;
        assert!(error.contains(alert), "{error}");
    }
}

#[tokio::test]
async fn a_session_is_resumed_with_the_certificate_exchanged_and_by_no_other_process() {
    let authority = Authority::new("ours");
    let issued = authority.issue(&["a.example"]);
    let client = Arc::new(authority.client());
    let handshake = async |server: &Running| {
        let stream = TcpStream::connect(server.address()).await.unwrap();
        let name = ServerName::try_from("a.example").unwrap();
        let stream = soon(TlsConnector::from(client.clone()).connect(name, stream)).await.unwrap();
        let mut client = Client::new(stream);
        // The tickets come with the answer.
        assert_eq!(client.get("/").await.body, "hello");
        client.into_inner().get_ref().1.handshake_kind().unwrap()
    };
    let server = start(acceptor(&[&issued])).await;
    assert_eq!(handshake(&server).await, rustls::HandshakeKind::Full);
    assert_eq!(handshake(&server).await, rustls::HandshakeKind::Resumed);
    server.tls.set(Some(acceptor(&[&authority.issue(&["a.example"])])));
    assert_eq!(handshake(&server).await, rustls::HandshakeKind::Resumed);
    let another = start(acceptor(&[&issued])).await;
    assert_eq!(handshake(&another).await, rustls::HandshakeKind::Full);
}

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
    let settings = Http { header_timeout: Duration::from_millis(300).into(), ..Http::default() };
    let server = Running::start(settings).await;
    server.tls.set(Some(acceptor(&[&authority.issue(&["a.example"])])));
    for sent in ["", "\u{16}", "\u{16}\u{3}\u{1}\u{1}\0\u{1}\0"] {
        let mut client = server.client().await;
        client.send(sent).await;
        assert_eq!(client.rest().await.0, "");
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
