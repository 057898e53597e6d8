use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use impasto::Swap;
use impasto_server::{
    Address, BoundAddress, Http, Listening, Outcome, Server, StartError, Stop, bind_all,
};
use tokio::net::{TcpStream, UnixStream};

use crate::support::{Client, Running, app, soon};

fn listen(addresses: &[&str]) -> Http {
    let listen = addresses.iter().map(|address| address.parse().unwrap()).collect();
    Http { listen, ..Http::default() }
}

async fn greets(address: &BoundAddress) -> bool {
    match address {
        BoundAddress::Tcp(address) | BoundAddress::Https(address) => {
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
        let StartError::Bind(error) = error else { panic!("{error}") };
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

#[tokio::test]
async fn sockets_that_listen_already_are_taken_over() {
    let directory = tempfile::tempdir().unwrap();
    let unix = format!("unix:{}", directory.path().join("s").display());
    let settings = listen(&["127.0.0.1:0", &unix]);
    let (mut sockets, mut files) = (Vec::new(), Vec::new());
    for Listening { address, socket, file, .. } in bind_all(&settings).unwrap() {
        sockets.push((address, socket));
        files.extend(file);
    }
    let bound = Server::new(settings).unwrap().from_listeners(sockets).unwrap();
    let addresses: Vec<BoundAddress> = bound.addresses().cloned().collect();
    let (swap, stop) = (Arc::new(Swap::new(app("hello"))), Stop::new());
    let serving = tokio::spawn(bound.serve(swap, stop.clone()));
    for address in &addresses {
        assert!(greets(address).await, "{address}");
    }
    stop.graceful();
    assert_eq!(soon(serving).await.unwrap(), Outcome::Clean);
    assert!(directory.path().join("s").exists(), "it belongs to whoever bound it");
    drop(files);
    assert!(!directory.path().join("s").exists());
}

#[tokio::test]
async fn the_next_connections_have_the_settings_of_now() {
    let server = Running::start(Http::default()).await;
    let mut before = server.client().await;
    assert_eq!(before.get("/").await.body, "hello");
    let settings = Http { keep_alive: Duration::ZERO.into(), ..Http::default() };
    server.live.set(&settings).unwrap();
    assert!(server.live.set(&Http { max_headers: 0, ..settings }).is_err());
    let mut after = server.client().await;
    assert!(after.get("/").await.head.contains("connection: close"));
    assert!(!before.get("/").await.head.contains("connection: close"));
}

#[tokio::test]
async fn a_server_knows_what_it_does() {
    let server = Running::start(Http::default()).await;
    assert_eq!((server.live.connections(), server.live.requests()), (0, 0));
    let (mut one, mut other) = (server.client().await, server.client().await);
    one.get("/").await;
    other.send("GET /slow HTTP/1.1\r\nhost: test\r\n\r\n").await;
    while server.live.requests() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((server.live.connections(), server.live.requests()), (2, 1));
    assert_eq!(other.answer().await.body, "slow");
    drop((one, other));
    while server.live.connections() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.live.requests(), 0);
}
