//! A client that keeps a request in flight on each of its connections, or several.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::request::REQUEST;
use crate::tls;

const BODY: &[u8] = b"Hello, world!";

pub(crate) trait Stream: Read + Write + Send {}

impl Stream for TcpStream {}
impl Stream for StreamOwned<ClientConnection, TcpStream> {}

pub(crate) struct Client {
    connections: Vec<Box<dyn Stream>>,
    /// What is sent at once over one connection, and how many requests that is.
    requests: Vec<u8>,
    depth: usize,
    /// The size of the answers to that.
    answers: usize,
}

impl Client {
    /// Opens connections, and sees on each that the answer is a good one. Then `depth` requests are sent
    /// at once.
    pub(crate) fn connect(
        address: SocketAddr,
        connections: usize,
        depth: usize,
        tls: Option<&Arc<ClientConfig>>,
    ) -> anyhow::Result<Client> {
        let mut client = Client {
            connections: Vec::new(),
            requests: REQUEST.repeat(depth).into_bytes(),
            depth,
            answers: 0,
        };
        for _ in 0..connections {
            let mut stream = open(address, tls)?;
            client.answers = ask(&mut *stream)? * depth;
            client.connections.push(stream);
        }
        Ok(client)
    }

    /// Sends all its requests `times` over each connection; how many these are.
    pub(crate) fn run(&mut self, times: usize) -> anyhow::Result<u32> {
        for connection in &mut self.connections {
            send(&mut **connection, &self.requests)?;
        }
        let mut answers = vec![0; self.answers];
        for left in (0..times).rev() {
            for connection in &mut self.connections {
                connection.read_exact(&mut answers)?;
                anyhow::ensure!(answers.ends_with(BODY), "{}", answers.escape_ascii());
                if left > 0 {
                    send(&mut **connection, &self.requests)?;
                }
            }
        }
        Ok((times * self.depth * self.connections.len()).try_into()?)
    }
}

/// A connection, over which nothing of HTTP has been sent.
fn open(address: SocketAddr, tls: Option<&Arc<ClientConfig>>) -> anyhow::Result<Box<dyn Stream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(match tls {
        None => Box::new(stream),
        Some(config) => {
            let connection = ClientConnection::new(Arc::clone(config), tls::name())?;
            Box::new(StreamOwned::new(connection, stream))
        }
    })
}

/// One request and its answer, over a connection of its own each time.
pub(crate) fn connect_and_ask(
    address: SocketAddr,
    times: u32,
    tls: Option<&Arc<ClientConfig>>,
) -> anyhow::Result<u32> {
    for _ in 0..times {
        ask(&mut *open(address, tls)?)?;
    }
    Ok(times)
}

/// Sends one request; the size of its answer, which is a good one.
pub(crate) fn ask(stream: &mut dyn Stream) -> anyhow::Result<usize> {
    send(stream, REQUEST.as_bytes())?;
    let mut answer = Vec::new();
    while !answer.ends_with(BODY) {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece)?;
        anyhow::ensure!(read > 0, "the connection ended: {}", answer.escape_ascii());
        answer.extend_from_slice(&piece[..read]);
    }
    anyhow::ensure!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"), "{}", answer.escape_ascii());
    Ok(answer.len())
}

fn send(stream: &mut dyn Stream, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}
