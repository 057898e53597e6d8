use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use impasto_server::Http;
use rustls::pki_types::ServerName;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificates::{Authority, acceptor};
use crate::support::{Client, Running, soon};

/// A connection with a handshake and one request.
async fn get(server: std::net::SocketAddr, client: &TlsConnector) -> std::io::Result<String> {
    let stream = TcpStream::connect(server).await?;
    let name = ServerName::try_from("a.example").unwrap();
    let stream = client.connect(name, stream).await?;
    Ok(Client::new(stream).get("/").await.body)
}

fn connector(authority: &Authority) -> TlsConnector {
    let mut client = authority.client();
    client.resumption = rustls::client::Resumption::disabled();
    TlsConnector::from(Arc::new(client))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_handshakes_are_not_in_the_way_of_others() {
    let authority = Authority::new("ours");
    let settings = Http { handshake_timeout: Duration::from_secs(4).into(), ..Http::default() };
    let server = Running::start(settings).await;
    server.tls.set(Some(acceptor(&[&authority.issue(&["a.example"])])));
    let mut stalled = Vec::new();
    for number in 0..500 {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        // Nothing at all, half of a record, a hello without end.
        let begun = [&b""[..], b"\x16\x03\x01", b"\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03"];
        stream.write_all(begun[number % 3]).await.unwrap();
        stalled.push(stream);
    }
    let client = connector(&authority);
    let mut slowest = Duration::ZERO;
    for _ in 0..100 {
        let start = Instant::now();
        assert_eq!(soon(get(server.address(), &client)).await.unwrap(), "hello");
        slowest = slowest.max(start.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    for stream in stalled {
        assert_eq!(Client::new(stream).rest().await.0, "", "and they are left in time");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_handshake_fails_while_certificates_are_exchanged() {
    let authority = Authority::new("ours");
    let server = Running::start(Http::default()).await;
    let acceptors = [0, 1].map(|_| acceptor(&[&authority.issue(&["a.example"])]));
    server.tls.set(Some(acceptors[0].clone()));
    let (address, client) = (server.address(), connector(&authority));
    let (done, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (client, done, over) = (client.clone(), done.clone(), over.clone());
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(soon(get(address, &client)).await.unwrap(), "hello");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for round in 0..50 {
        let before = done.load(Ordering::Relaxed);
        server.tls.set(Some(acceptors[round % 2].clone()));
        soon(async {
            while done.load(Ordering::Relaxed) < before + 8 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        soon(client).await.unwrap();
    }
}
