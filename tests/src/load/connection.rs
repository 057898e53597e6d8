//! One connection, over which requests are sent.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONNECTION;
use http::uri::Scheme;
use http::{Request, Response};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Failure;
use super::http1::Http1;
use super::http2::Http2;
use super::tls;

/// How long a client waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Version {
    Http1,
    Http2,
}

pub(super) struct Connection {
    sender: Sender,
    pub(super) scheme: Scheme,
}

enum Sender {
    Http1(Http1),
    Http2(Http2),
}

/// A failure in words.
pub(super) type Failed = (Failure, String);

/// What came of sending a request.
pub(super) enum Sent {
    Answered(Response<Bytes>),
    Failed(Failed),
    /// The connection had been closed, and not a byte was written.
    Not,
}

impl Connection {
    pub(super) async fn open(
        address: &str,
        version: Version,
        encrypted: Option<Arc<ClientConfig>>,
    ) -> Result<Connection, Failed> {
        let connecting = async {
            let stream = TcpStream::connect(address).await.map_err(|error| {
                (Failure::of_connecting(&error), format!("connecting: {error}"))
            })?;
            let _ = stream.set_nodelay(true);
            let (sender, scheme) = match (version, encrypted) {
                (Version::Http1, None) => {
                    (Http1::open(stream).await.map(Sender::Http1)?, Scheme::HTTP)
                }
                (Version::Http2, None) => {
                    (Http2::open(stream).await.map(Sender::Http2)?, Scheme::HTTP)
                }
                (Version::Http1, Some(config)) => {
                    let stream = tls::connect(stream, &config, "http/1.1").await?;
                    (Http1::open(stream).await.map(Sender::Http1)?, Scheme::HTTPS)
                }
                (Version::Http2, Some(config)) => {
                    let stream = tls::connect(stream, &config, "h2").await?;
                    (Http2::open(stream).await.map(Sender::Http2)?, Scheme::HTTPS)
                }
            };
            Ok(Connection { sender, scheme })
        };
        let late = Err((Failure::Timeout, "connecting".to_owned()));
        timeout(PATIENCE, connecting).await.unwrap_or(late)
    }

    /// Another hold on an HTTP/2 connection that takes more requests.
    pub(super) async fn share(&self) -> Option<Connection> {
        match &self.sender {
            Sender::Http1(_) => None,
            Sender::Http2(connection) => {
                let sender = Sender::Http2(connection.share().await?);
                Some(Connection { sender, scheme: self.scheme.clone() })
            }
        }
    }

    /// Sends a request and reads the whole answer; the connection, if it can take another request.
    pub(super) async fn send(mut self, request: Request<Bytes>) -> (Sent, Option<Connection>) {
        let exchange = async {
            match &mut self.sender {
                Sender::Http1(connection) => connection.exchange(request).await,
                Sender::Http2(connection) => connection.exchange(request).await,
            }
        };
        let late = || Sent::Failed((Failure::Timeout, "no answer".to_owned()));
        let sent = timeout(PATIENCE, exchange).await.unwrap_or_else(|_| late());
        let goes_on = match &sent {
            Sent::Answered(answer) => {
                answer.headers().get(CONNECTION).is_none_or(|it| it != "close")
            }
            Sent::Failed(_) | Sent::Not => false,
        };
        (sent, goes_on.then_some(self))
    }
}

/// An error and all of its reasons.
pub(super) fn told(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words.push_str(&format!(": {error}"));
        source = error.source();
    }
    words
}
