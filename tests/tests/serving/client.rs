use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, Either};
use http::header::HOST;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Both versions of HTTP, for tests that hold in each.
pub(crate) const BOTH: [Version; 2] = [Version::Http1, Version::Http2];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Version {
    Http1,
    Http2,
}

/// One connection.
pub(crate) struct Client {
    sender: Sender,
    connection: JoinHandle<hyper::Result<()>>,
}

enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Client {
    /// Connects to an address as a server prints it.
    pub(crate) async fn connect(address: &str, version: Version) -> Client {
        match (address.strip_prefix("http://"), address.strip_prefix("unix:")) {
            (Some(authority), _) => {
                Client::over(TcpStream::connect(authority).await.expect("it listens"), version)
                    .await
            }
            (_, Some(path)) => {
                Client::over(UnixStream::connect(path).await.expect("it listens"), version).await
            }
            _ => panic!("{address} is no address"),
        }
    }

    /// A connection to whatever speaks HTTP at the other end of `stream`.
    pub(crate) async fn over(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        version: Version,
    ) -> Client {
        let io = TokioIo::new(stream);
        let (sender, connection) = match version {
            Version::Http1 => {
                let (sender, connection) = http1::handshake(io).await.expect("HTTP/1.1");
                (Sender::Http1(sender), tokio::spawn(connection))
            }
            Version::Http2 => {
                let executor = TokioExecutor::new();
                let (sender, connection) = http2::handshake(executor, io).await.expect("HTTP/2");
                (Sender::Http2(sender), tokio::spawn(connection))
            }
        };
        Client { sender, connection }
    }

    /// Sends a request, whose URI names a path, and reads the whole answer.
    ///
    /// # Errors
    ///
    /// When there is no answer, or it breaks off.
    pub(crate) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> hyper::Result<Response<Bytes>> {
        self.begin(request).await.await
    }

    /// Sends a request, whose answer may be waited for later.
    pub(crate) async fn begin(
        &mut self,
        mut request: Request<Full<Bytes>>,
    ) -> BoxFuture<'static, hyper::Result<Response<Bytes>>> {
        let sending = match &mut self.sender {
            Sender::Http1(sender) => {
                sender.ready().await.expect("the connection is open");
                request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
                Either::Left(sender.send_request(request))
            }
            Sender::Http2(sender) => {
                let uri = format!("http://localhost{}", request.uri());
                *request.uri_mut() = uri.parse().expect("a path");
                Either::Right(sender.send_request(request))
            }
        };
        let answer = async {
            let (head, body) = sending.await?.into_parts();
            Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
        };
        Box::pin(async { timeout(PATIENCE, answer).await.expect("an answer in time") })
    }

    pub(crate) async fn get(&mut self, path: &str) -> Response<Bytes> {
        self.send(request(Method::GET, path, "")).await.expect("an answer")
    }

    /// The body of the answer to a `GET`.
    pub(crate) async fn text(&mut self, path: &str) -> String {
        String::from_utf8(self.get(path).await.into_body().into()).expect("UTF-8")
    }

    /// Waits for the server to close the connection.
    ///
    /// # Errors
    ///
    /// When it does not do so in order.
    pub(crate) async fn closed(self) -> hyper::Result<()> {
        timeout(PATIENCE, self.connection).await.expect("an end in time").expect("no panic")
    }
}

pub(crate) fn request(method: Method, path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::builder().method(method).uri(path).body(Full::new(body.into())).expect("a path")
}
