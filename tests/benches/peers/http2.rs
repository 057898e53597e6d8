//! A client with several requests in flight on each of its HTTP/2 connections.
//!
//! Its requests a second depend on how it and a server wake each other: h2load, with as many connections and
//! streams, has quite other ones of the same servers, and the same CPU time. Only that counts.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use http::{Request, StatusCode};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::tls;

const CONNECTIONS: usize = 8;
const STREAMS: usize = 16;

pub(crate) struct Http2 {
    runtime: Runtime,
    connections: Vec<SendRequest<Bytes>>,
}

impl Http2 {
    pub(crate) fn connect(
        address: SocketAddr,
        tls: Option<&Arc<ClientConfig>>,
    ) -> anyhow::Result<Http2> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(runtime.block_on(open(address, tls))?);
        }
        Ok(Http2 { runtime, connections })
    }

    /// Sends so many requests in each of the streams; how many these are.
    pub(crate) fn run(&mut self, times: usize) -> anyhow::Result<u32> {
        self.runtime.block_on(async {
            let mut streams = JoinSet::new();
            for connection in &self.connections {
                for _ in 0..STREAMS {
                    let mut connection = connection.clone();
                    streams.spawn(async move {
                        for _ in 0..times {
                            connection = ask(connection).await?;
                        }
                        anyhow::Ok(())
                    });
                }
            }
            while let Some(ended) = streams.join_next().await {
                ended??;
            }
            anyhow::Ok(())
        })?;
        Ok((times * STREAMS * CONNECTIONS).try_into()?)
    }
}

async fn open(
    address: SocketAddr,
    tls: Option<&Arc<ClientConfig>>,
) -> anyhow::Result<SendRequest<Bytes>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let Some(config) = tls else {
        let (sender, connection) = Builder::new().handshake(stream).await?;
        tokio::spawn(connection);
        return Ok(sender);
    };
    let mut config = ClientConfig::clone(config);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TlsConnector::from(Arc::new(config)).connect(tls::name(), stream).await?;
    let (sender, connection) = Builder::new().handshake(stream).await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn ask(connection: SendRequest<Bytes>) -> anyhow::Result<SendRequest<Bytes>> {
    let mut connection = connection.ready().await?;
    let request = Request::get("https://compute.example.org/v2.1/servers?limit=20")
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        )
        .header("accept", "application/json")
        .body(())?;
    let (answer, _) = connection.send_request(request, true)?;
    let answer = answer.await?;
    anyhow::ensure!(answer.status() == StatusCode::OK, "{answer:?}");
    let mut body = answer.into_body();
    let mut text = Vec::new();
    while let Some(piece) = body.data().await {
        let piece = piece?;
        body.flow_control().release_capacity(piece.len())?;
        text.extend_from_slice(&piece);
    }
    anyhow::ensure!(text == b"Hello, world!", "{}", text.escape_ascii());
    Ok(connection)
}
