use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use impasto_tests::certificates::{self, Issued};
use impasto_tests::server::Server;
use rustls::pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::client::{Client, Version};
use super::serve;

const PATIENCE: Duration = Duration::from_secs(30);

fn issue() -> Issued {
    certificates::issue("localhost")
}

/// Puts a certificate where the server looks for it.
fn place(directory: &Path, issued: &Issued) {
    // In one step, or a reload may see half of it.
    std::fs::write(directory.join("new"), certificates::pem(issued)).expect("writable");
    std::fs::rename(directory.join("new"), directory.join("a.pem")).expect("renamed");
}

/// A server of two workers, and the directory of its certificate.
fn start(issued: &Issued) -> (Server, TempDir) {
    start_with(issued, &[])
}

fn start_with(issued: &Issued, words: &[&str]) -> (Server, TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    place(directory.path(), issued);
    let text = format!(
        "[app:main]\nuse = egg:impasto#respond\nbody = hello\n\
         [server:main]\nuse = egg:impasto#http\nport = 0\nworkers = 2\ntls_cert = {}\n",
        directory.path().join("a.pem").display()
    );
    (serve(&text, words), directory)
}

/// A client that knows these certificates and resumes no session.
fn connector(known: &[Issued]) -> TlsConnector {
    let known: Vec<&Issued> = known.iter().collect();
    let mut client = Arc::unwrap_or_clone(certificates::trust(&known));
    client.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(client))
}

async fn connect(url: &str, client: &TlsConnector) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(url.strip_prefix("https://").expect(url)).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    timeout(PATIENCE, client.connect(name, stream)).await?
}

fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().expect("a certificate")[0].clone()
}

/// Waits until new connections have this certificate, from whichever worker.
async fn wait_for(url: &str, client: &TlsConnector, issued: &Issued) {
    let (start, mut in_a_row) = (Instant::now(), 0);
    while in_a_row < 8 {
        let stream = connect(url, client).await.expect("a handshake");
        in_a_row = if shown(&stream) == *issued.cert.der() { in_a_row + 1 } else { 0 };
        assert!(start.elapsed() < PATIENCE, "the old certificate stays");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_handshake_fails_while_reloads_exchange_the_certificate() {
    let issued = [issue(), issue()];
    let (server, directory) = start(&issued[0]);
    let (url, client) = (server.url(), connector(&issued));
    let mut old = {
        let stream = connect(&url, &client).await.expect("a handshake");
        Client::over(stream, Version::Http1).await
    };
    assert_eq!(old.text("/").await, "hello");

    let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (url, client) = (url.clone(), client.clone());
            let (over, done) = (Arc::clone(&over), Arc::clone(&done));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let stream = connect(&url, &client).await.expect("a handshake");
                    assert_eq!(Client::over(stream, Version::Http1).await.text("/").await, "hello");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for round in 1..=20 {
        let next = &issued[round % 2];
        place(directory.path(), next);
        server.signal("HUP");
        wait_for(&url, &client, next).await;
    }
    assert_eq!(old.text("/").await, "hello", "connections from before stay");
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("no failure");
    }
    assert!(done.load(Ordering::Relaxed) > 20);
    assert_eq!(server.stop().code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_with_a_broken_certificate_changes_nothing() {
    let issued = [issue(), issue()];
    let (server, directory) = start(&issued[0]);
    let (url, client) = (server.url(), connector(&issued));
    let path = directory.path().join("a.pem");
    std::fs::write(&path, "garbage").expect("writable");
    server.signal("HUP");
    tokio::time::sleep(Duration::from_millis(500)).await;
    wait_for(&url, &client, &issued[0]).await;

    place(directory.path(), &issued[1]);
    server.signal("HUP");
    wait_for(&url, &client, &issued[1]).await;
    let ended = server.stop();
    assert_eq!(ended.code, Some(0));
    let says = format!("`tls_cert` {}: has no certificate", path.display());
    assert!(ended.err.contains(&says), "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_workers_too_a_good_certificate_gives_way_to_no_expired_one() {
    let known = [issue(), issue()];
    let [good, other] = &known;
    let (server, directory) = start_with(good, &["--workers", "0"]);
    let (url, client) = (server.url(), connector(&known));
    place(directory.path(), &certificates::issue_until(2002, "localhost"));
    server.signal("HUP");
    let err = server.told("not reloaded: ", 1);
    server.told("has expired: it was valid until 2002-02-03", 1);
    assert!(!err.contains(": reloaded"), "{err}");
    wait_for(&url, &client, good).await;
    place(directory.path(), other);
    server.signal("HUP");
    server.told("reloaded in ", 1);
    wait_for(&url, &client, other).await;
    assert_eq!(server.stop().code, Some(0));
}

#[test]
fn a_server_without_its_certificate_does_not_start() {
    for workers in [0, 2] {
        let text = format!(
            "[app:main]\nuse = egg:impasto#respond\n[server:main]\nuse = egg:impasto#http\n\
             port = 0\nworkers = {workers}\ntls_cert = /no/such.pem\n"
        );
        let ended = serve(&text, &[]).end();
        assert_eq!(ended.code, Some(4), "what is configured cannot be served");
        let reason = "`tls_cert` /no/such.pem: cannot be read: no such file or directory";
        let told = format!("error[bad-value]: {reason}\n --> api-paste.ini:7:12\n");
        assert!(ended.err.starts_with(&told), "{}", ended.err);
    }
}
