use std::path::Path;

use impasto_server::{Http, Listening, Server, StartError, Stop, bind_all};
use rcgen::date_time_ymd;

use super::certificates::{Authority, Issued};
use super::{connect, with_alpn};
use crate::support::{Client, Running, app, soon};

/// Settings that name the files of `issued`, which are written to `directory`.
fn settings(directory: &Path, issued: &Issued) -> Http {
    let (cert, key) = (directory.join("a.pem"), directory.join("a.key"));
    std::fs::write(&cert, &issued.cert).unwrap();
    std::fs::write(&key, &issued.key).unwrap();
    Http { port: 0, tls_cert: vec![cert], tls_key: vec![key], ..Http::default() }
}

#[tokio::test]
async fn a_server_reads_its_files_when_it_is_bound() {
    let (authority, directory) = (Authority::new("ours"), tempfile::tempdir().unwrap());
    let settings = settings(directory.path(), &authority.issue(&["a.example"]));
    let server = Running::start(settings.clone()).await;
    assert_eq!(server.addresses[0].to_string(), format!("https://{}", server.address()));
    let stream = connect(server.address(), authority.client(), "a.example").await.unwrap();
    assert_eq!(Client::new(stream).get("/").await.body, "hello");

    let server = Running::start(Http { http2: false, ..settings }).await;
    let client = with_alpn(authority.client(), &["h2", "http/1.1"]);
    let stream = connect(server.address(), client, "a.example").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]), "HTTP/2 is off");
}

#[tokio::test]
async fn a_server_with_bad_files_does_not_listen() {
    let (authority, directory) = (Authority::new("ours"), tempfile::tempdir().unwrap());
    let settings = settings(directory.path(), &authority.issue(&["a.example"]));
    std::fs::remove_file(&settings.tls_key[0]).unwrap();
    let error = Server::new(settings.clone()).unwrap().bind().await.unwrap_err();
    assert!(matches!(error, StartError::Tls(_)));
    let key = settings.tls_key[0].display();
    let expected = format!("`tls_key` {key}: cannot be read: no such file or directory");
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_server_with_an_old_certificate_begins() {
    let (authority, directory) = (Authority::new("ours"), tempfile::tempdir().unwrap());
    let old = authority.issue_with(&["a.example"], |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 2, 3);
    });
    let server = Running::start(settings(directory.path(), &old)).await;
    let error = connect(server.address(), authority.client(), "a.example").await.unwrap_err();
    assert!(error.to_string().contains("expired"), "{error}");
}

#[tokio::test]
async fn nobody_is_served_before_the_certificates_are_there() {
    let (authority, directory) = (Authority::new("ours"), tempfile::tempdir().unwrap());
    let settings = settings(directory.path(), &authority.issue(&["a.example"]));
    let Ok([Listening { address, socket, .. }]) =
        <[Listening; 1]>::try_from(bind_all(&settings).unwrap())
    else {
        panic!("one address is one socket")
    };
    let at = address.socket_addr().unwrap();
    let server = Server::new(settings).unwrap();
    let bound = server.from_listeners([(address, socket)]).unwrap();
    let (stop, tls) = (Stop::new(), bound.tls());
    let swap = std::sync::Arc::new(impasto::Swap::new(app("hello")));
    let serving = tokio::spawn(bound.serve(swap, stop.clone()));
    let mut client = Client::new(tokio::net::TcpStream::connect(at).await.unwrap());
    client.send("GET / HTTP/1.1\r\nhost: a.example\r\n\r\n").await;
    assert_eq!(client.rest().await.0, "");

    let acceptor = server.settings().acceptor(&|path| std::fs::read(path)).unwrap();
    tls.set(acceptor);
    let stream = connect(at, authority.client(), "a.example").await.unwrap();
    assert_eq!(Client::new(stream).get("/").await.body, "hello");
    stop.graceful();
    let _ = soon(serving).await.unwrap();
}
