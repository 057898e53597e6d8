use std::path::Path;

use impasto_server::{Address, BoundAddress, Http, Outcome, Server};
use tokio::net::{TcpStream, UnixStream};

use crate::support::{Client, Running, soon};

fn listen(addresses: &[&str]) -> Http {
    let listen = addresses.iter().map(|address| address.parse().unwrap()).collect();
    Http { listen, ..Http::default() }
}

async fn greets(address: &BoundAddress) -> bool {
    match address {
        BoundAddress::Tcp(address) => {
            let mut client = Client::new(TcpStream::connect(address).await.unwrap());
            client.get("/").await.body == "hello"
        }
        BoundAddress::Unix(path) => {
            let mut client = Client::new(UnixStream::connect(path).await.unwrap());
            client.get("/").await.body == "hello"
        }
    }
}

#[tokio::test]
async fn several_addresses_are_served_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("api.sock");
    let unix = format!("unix:{}", path.display());
    let server = Running::start(listen(&["127.0.0.1:0", "localhost:0", ":0", &unix])).await;
    assert!(server.addresses.len() >= 4);
    for address in &server.addresses {
        assert!(greets(address).await, "{address}");
        assert_ne!(address.socket_addr().map(|address| address.port()), Some(0));
    }
    let mut client = Client::new(UnixStream::connect(&path).await.unwrap());
    assert_eq!(client.get("/connection").await.body, "None None http");
    drop(client);
    assert_eq!(server.addresses.last().unwrap().to_string(), unix);
    server.stop.graceful();
    assert_eq!(server.outcome().await, Outcome::Clean);
    assert!(!path.exists(), "the socket's file goes with the server");
}

#[tokio::test]
async fn ipv6_is_spoken_where_the_machine_has_it() {
    if tokio::net::TcpListener::bind("[::1]:0").await.is_err() {
        return eprintln!("this machine has no IPv6");
    }
    let server = Running::start(listen(&["[::1]:0", "localhost:0"])).await;
    assert!(server.addresses[0].to_string().starts_with("http://[::1]:"));
    for address in &server.addresses {
        assert!(greets(address).await, "{address}");
    }
}

#[tokio::test]
async fn host_and_port_are_one_address() {
    let server = Running::start(Http { host: "localhost".into(), ..Http::default() }).await;
    assert!(greets(&server.addresses[0]).await);
    let default = Http::default().addresses();
    assert_eq!(default, ["127.0.0.1:8080".parse::<Address>().unwrap()]);
}

#[tokio::test]
async fn what_cannot_be_listened_on_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let running = Running::start(Http::default()).await;
    let taken = running.address().to_string();
    let says = async |address: String| {
        let error = Server::new(listen(&[&address])).unwrap().bind().await.unwrap_err();
        assert_eq!(error.address.to_string(), address);
        error.to_string()
    };
    let error = says(taken.clone()).await;
    assert_eq!(error, format!("cannot listen on {taken}: address already in use"));
    let unix = format!("unix:{}", file.display());
    let error = says(unix.clone()).await;
    assert_eq!(error, format!("cannot listen on {unix}: the file is there and is no socket"));
    let error = says("unix:/no/such/directory/s".to_owned()).await;
    assert_eq!(error, "cannot listen on unix:/no/such/directory/s: no such file or directory");
}

#[tokio::test]
async fn a_socket_file_belongs_to_whoever_answers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("api.sock");
    let unix = format!("unix:{}", path.display());
    let stale = |path: &Path| drop(std::os::unix::net::UnixListener::bind(path).unwrap());
    stale(&path);
    let first = Running::start(listen(&[&unix])).await;
    let error = soon(Server::new(listen(&[&unix])).unwrap().bind()).await.unwrap_err().to_string();
    assert!(error.ends_with(": another process listens on this socket"), "{error}");
    assert!(greets(&first.addresses[0]).await, "the first one is not disturbed");
}
