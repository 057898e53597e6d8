use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, UPGRADE};
use http::{HeaderValue, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper_util::rt::TokioIo;
use impasto::{App, Body, BoxFuture, Connection, Exchange, Handler, Response, Swap};
use impasto_server::{BoundAddress, Http, Live, Outcome, Server, Stop, TlsLive};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// A server in this process.
pub(crate) struct Running {
    pub(crate) addresses: Vec<BoundAddress>,
    pub(crate) stop: Stop,
    pub(crate) swap: Arc<Swap>,
    pub(crate) tls: TlsLive,
    pub(crate) live: Live,
    serving: JoinHandle<Outcome>,
}

impl Running {
    /// On a free port, with the settings' other values as given.
    pub(crate) async fn start(settings: Http) -> Running {
        let bound = Server::new(Http { port: 0, ..settings }).unwrap().bind().await.unwrap();
        let addresses = bound.addresses().cloned().collect();
        let (stop, swap) = (Stop::new(), Arc::new(Swap::new(app("hello"))));
        let (tls, live) = (bound.tls(), bound.live());
        let serving = tokio::spawn(bound.serve(swap.clone(), stop.clone()));
        Running { addresses, stop, swap, tls, live, serving }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.addresses[0].socket_addr().unwrap()
    }

    pub(crate) async fn client(&self) -> Client<TcpStream> {
        Client::new(TcpStream::connect(self.address()).await.unwrap())
    }

    pub(crate) async fn outcome(self) -> Outcome {
        soon(self.serving).await.unwrap()
    }
}

/// Fails rather than hangs.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it takes too long")
}

/// Says `greeting` at `/`.
pub(crate) fn app(greeting: &'static str) -> App {
    App::new(Greeter(greeting))
}

struct Greeter(&'static str);

impl Handler for Greeter {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(self.respond(exchange))
    }
}

impl Greeter {
    async fn respond(&self, exchange: &mut Exchange) -> Response {
        let body = match exchange.path() {
            "/slow" => {
                tokio::time::sleep(Duration::from_millis(300)).await;
                Body::from("slow")
            }
            "/stuck" => std::future::pending().await,
            "/panic" => panic!("the app is broken"),
            "/echo" => match exchange.take_body().collect().await {
                Ok(body) => Body::from(body.to_bytes()),
                Err(_) => return status(StatusCode::BAD_REQUEST),
            },
            "/later" => {
                tokio::spawn(exchange.take_body().collect());
                Body::from("later")
            }
            "/refuse" => return status(StatusCode::PAYLOAD_TOO_LARGE),
            "/empty" => return status(StatusCode::NO_CONTENT),
            "/large" => Body::from(vec![b'x'; 64 << 20]),
            "/drip" => {
                let (sender, receiver) = tokio::sync::mpsc::channel(1);
                tokio::spawn(async move {
                    for drop in ["drip", "drop"] {
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        let _ = sender.send(Bytes::from_static(drop.as_bytes())).await;
                    }
                });
                Body::new(StreamBody::new(Drops(receiver)))
            }
            "/upgrade" => return upgrade(exchange),
            "/broken" => Body::new(StreamBody::new(Broken(0))),
            "/connection" => {
                let Connection { peer, local, scheme, tls, .. } = &**exchange.connection();
                let tls = tls.as_deref().map(|tls| {
                    let name = tls.server_name.as_deref().unwrap_or("-");
                    let shown = tls.client_certificate.as_ref();
                    let shown = shown.map_or("-".to_owned(), |der| format!("{} bytes", der.len()));
                    format!(" {name} {shown}")
                });
                Body::from(format!("{peer:?} {local:?} {scheme}{}", tls.unwrap_or_default()))
            }
            _ => Body::from(self.0),
        };
        Response::new(body)
    }
}

/// Becomes a connection that sends back four bytes.
fn upgrade(exchange: &mut Exchange) -> Response {
    let upgrade = hyper::upgrade::on(exchange.take_request());
    tokio::spawn(async move {
        let mut io = TokioIo::new(upgrade.await.unwrap());
        let mut bytes = [0; 4];
        io.read_exact(&mut bytes).await.unwrap();
        io.write_all(&bytes).await.unwrap();
        io.flush().await.unwrap();
    });
    let mut response = status(StatusCode::SWITCHING_PROTOCOLS);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
    response.headers_mut().insert(UPGRADE, HeaderValue::from_static("echo"));
    response
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// What is sent to it, chunk by chunk.
struct Drops(tokio::sync::mpsc::Receiver<Bytes>);

impl futures_util::Stream for Drops {
    type Item = Result<Frame<Bytes>, &'static str>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|drop| drop.map(|drop| Ok(Frame::data(drop))))
    }
}

/// One chunk, then an error.
struct Broken(u8);

impl futures_util::Stream for Broken {
    type Item = Result<Frame<Bytes>, &'static str>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0 += 1;
        match self.0 {
            1 => std::task::Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"part"))))),
            // Between the two the first chunk is sent.
            2 => {
                cx.waker().wake_by_ref();
                std::task::Poll::Pending
            }
            _ => std::task::Poll::Ready(Some(Err("the disk is gone"))),
        }
    }
}

/// An HTTP/1 client that sends what it is told, byte for byte.
pub(crate) struct Client<S>(BufReader<S>);

/// What a [`Client`] received.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn new(stream: S) -> Client<S> {
        Client(BufReader::new(stream))
    }

    pub(crate) fn into_inner(self) -> S {
        self.0.into_inner()
    }

    pub(crate) async fn send(&mut self, text: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(text.as_ref()).await.unwrap();
        self.0.get_mut().flush().await.unwrap();
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: a.example\r\n\r\n")).await;
        self.answer().await
    }

    /// The next answer, with a body as long as its head says.
    pub(crate) async fn answer(&mut self) -> Answer {
        let head = self.head().await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        soon(self.0.read_exact(&mut body)).await.unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: String::from_utf8(body).unwrap() }
    }

    pub(crate) async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// The next lines up to one that ends so.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let read = soon(self.0.read_line(&mut text)).await.unwrap();
            assert_ne!(read, 0, "closed after {text:?}");
        }
        text
    }

    /// So many bytes, or what there is before the end.
    pub(crate) async fn take(&mut self, bytes: usize) {
        let mut taken = vec![0; bytes];
        let _ = soon(self.0.read_exact(&mut taken)).await;
    }

    /// Waits for the end of the connection, whatever comes before.
    pub(crate) async fn ended(&mut self) {
        self.rest_lossy().await;
    }

    /// Everything up to the end of the connection, however that comes.
    pub(crate) async fn rest_lossy(&mut self) -> String {
        let mut rest = Vec::new();
        let _ = soon(self.0.read_to_end(&mut rest)).await;
        String::from_utf8_lossy(&rest).into_owned()
    }

    /// Everything up to the end of the connection, and whether that was regular.
    pub(crate) async fn rest(&mut self) -> (String, bool) {
        let mut rest = Vec::new();
        let regular = soon(self.0.read_to_end(&mut rest)).await.is_ok();
        (String::from_utf8(rest).unwrap(), regular)
    }
}
