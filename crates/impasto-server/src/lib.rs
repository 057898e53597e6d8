//! The HTTP server of impasto: HTTP/1.1 and HTTP/2 over TCP and unix sockets, built on hyper.
//!
//! A file asks for it with a server section; its settings are those of [`Http`]:
//!
//! ```ini
//! [server:main]
//! use = egg:impasto#http
//! listen = 127.0.0.1:8080 [::1]:8080
//! ```
//!
//! A program can do without the file. A [`Server`] is made from settings, [bound](Server::bind), and
//! then serves the app in an [`impasto::Swap`] until a [`Stop`]:
//!
//! ```
//! use std::sync::Arc;
//!
//! use impasto::{App, Body, Exchange, Response, Swap};
//! use impasto_server::{Http, Outcome, Server, Stop};
//!
//! async fn hello(_: &mut Exchange) -> Response {
//!     Response::new(Body::from("hello"))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> anyhow::Result<()> {
//! // Port 0 is any free one; the bound server knows which.
//! let server = Server::new(Http { port: 0, ..Http::default() })?;
//! let bound = server.bind().await?;
//! let address = bound.addresses().next().and_then(|address| address.socket_addr()).unwrap();
//!
//! let (swap, stop) = (Arc::new(Swap::new(App::from_fn(hello))), Stop::new());
//! let serving = tokio::spawn(bound.serve(swap.clone(), stop.clone()));
//!
//! # use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! let mut client = tokio::net::TcpStream::connect(address).await?;
//! client.write_all(b"GET / HTTP/1.0\r\n\r\n").await?;
//! let mut answer = String::new();
//! client.read_to_string(&mut answer).await?;
//! assert!(answer.starts_with("HTTP/1.0 200 OK\r\n") && answer.ends_with("hello"));
//!
//! // Another app from the next request on, over the same connections:
//! async fn bye(_: &mut Exchange) -> Response {
//!     Response::new(Body::from("bye"))
//! }
//! swap.store(App::from_fn(bye));
//!
//! // What is in flight is finished first.
//! stop.graceful();
//! assert_eq!(serving.await?, Outcome::Clean);
//! # Ok(())
//! # }
//! ```
//!
//! [`stop_on_signals`] turns TERM, INT and QUIT into a [`Stop`]; several servers may share one.
//!
//! What other processes are to accept on is [bound](bind_all) without a runtime, and a server can
//! [take over](Server::from_listeners) sockets that listen already. While it serves, a [`Live`] counts
//! what it does and gives other settings to the connections that come, and a [`TlsLive`] other
//! certificates.

mod accept;
mod access_log;
mod activity;
mod address;
mod answer;
mod answer_body;
mod bind;
mod bodiless;
mod cancelled;
mod connection;
mod drive;
mod gate;
mod gather;
mod heads;
mod http;
mod http1;
mod late_pong;
mod launcher;
mod limits;
mod linger;
mod listen;
mod live;
mod misdirected;
mod open;
mod open_files;
mod pace;
mod paced;
mod percent;
mod proxy;
mod pulse;
mod python;
mod request_body;
mod seldom;
mod server;
mod service;
mod session;
mod signal;
mod slots;
mod sniff;
mod socket_file;
mod stderr;
mod stop;
mod stream;
mod streams;
mod tally;
mod terms;
mod text;
mod tls;
mod turn;

pub use address::{Address, AddressError, BoundAddress};
pub use bind::{BindError, Listening, bind_all};
pub use http::{
    ClientAuth, Http, MOST_THREADS, Network, NotAMode, NotANetwork, ProxyProtocol, ReloadOnHup,
    SocketMode,
};
pub use launcher::{
    Ended, Handle, Launcher, NotReread, PidFile, PidFileError, ServiceWrapper, Watch, can_launch,
    control, init,
};
pub use live::Live;
pub use python::{Bind, CertReqs, Gunicorn, Paste, Protocol, Unused, Waitress};
pub use server::{Bound, Outcome, Server, StartError};
pub use service::{Enabled, Faults, Kind, Overrides, Service};
pub use signal::stop_on_signals;
pub use socket_file::SocketFile;
pub use stderr::Stderr;
pub use stop::{Stop, Urgency};
pub use tls::{
    Acceptor, Read, TlsConcern, TlsContents, TlsError, TlsErrors, TlsFault, TlsFiles, TlsLive,
    TlsWarning,
};

impasto::egg!("impasto");
