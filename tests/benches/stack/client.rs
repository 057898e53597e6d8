//! A client that keeps a request in flight on each of its connections.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use crate::request::REQUEST;

const CONNECTIONS: usize = 64;

pub(crate) struct Client {
    connections: Vec<TcpStream>,
    /// The size of an answer, which is the same for all.
    answer: usize,
}

impl Client {
    /// Connects, and sees on each connection that the answer is a good one.
    pub(crate) fn connect(port: u16) -> anyhow::Result<Client> {
        let mut client = Client { connections: Vec::new(), answer: 0 };
        for _ in 0..CONNECTIONS {
            let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            connection.set_nodelay(true)?;
            connection.set_read_timeout(Some(Duration::from_secs(60)))?;
            connection.write_all(REQUEST.as_bytes())?;
            let mut answer = Vec::new();
            while !answer.ends_with(b"Hello, world!") {
                let mut piece = [0; 4096];
                let read = connection.read(&mut piece)?;
                anyhow::ensure!(read > 0, "the connection ended: {}", answer.escape_ascii());
                answer.extend_from_slice(&piece[..read]);
            }
            anyhow::ensure!(
                answer.starts_with(b"HTTP/1.1 200 OK\r\n"),
                "{}",
                answer.escape_ascii()
            );
            client.answer = answer.len();
            client.connections.push(connection);
        }
        Ok(client)
    }

    /// Sends `requests` over each connection; how many these are, and how long they took.
    pub(crate) fn run(&mut self, requests: usize) -> anyhow::Result<(u32, Duration)> {
        let start = Instant::now();
        for connection in &mut self.connections {
            connection.write_all(REQUEST.as_bytes())?;
        }
        let mut answer = vec![0; self.answer];
        for left in (0..requests).rev() {
            for connection in &mut self.connections {
                connection.read_exact(&mut answer)?;
                if left > 0 {
                    connection.write_all(REQUEST.as_bytes())?;
                }
            }
        }
        Ok(((requests * CONNECTIONS).try_into()?, start.elapsed()))
    }
}
