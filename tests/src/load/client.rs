//! The clients: each sends one request after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONNECTION, HOST};
use http::uri::Scheme;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use rustls::ClientConfig;
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, OwnedRwLockReadGuard};
use tokio::task::JoinHandle;

use super::connection::{Connection, Failed, Sent, Version};
use super::{Expected, Failure, Mix, Shared};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    KeepAlive,
    Connecting,
    Stream,
    Slow,
    Echo,
}

pub(super) fn start(runtime: &Runtime, mix: Mix, shared: &Arc<Shared>) -> Vec<JoinHandle<()>> {
    let mut clients = Vec::new();
    for (kind, count) in [
        (Kind::KeepAlive, mix.keep_alive),
        (Kind::Connecting, mix.connecting),
        (Kind::Slow, mix.slow),
        (Kind::Echo, mix.echo),
    ] {
        clients.extend((0..count).map(|number| Client::new(kind, number, shared)));
    }
    for _ in 0..mix.http2 {
        let line = Arc::<Mutex<Line>>::default();
        clients.extend((0..mix.streams).map(|number| Client {
            shares: Some(Arc::clone(&line)),
            ..Client::new(Kind::Stream, number, shared)
        }));
    }
    clients.into_iter().map(|client| runtime.spawn(client.run())).collect()
}

struct Client {
    kind: Kind,
    shared: Arc<Shared>,
    /// Where clients have one connection together, that connection.
    shares: Option<Arc<Mutex<Line>>>,
    own: Option<Connection>,
    /// The worker at the other end of the connection, once it has answered; else 0.
    worker: Arc<AtomicU32>,
    /// Changes with each request.
    number: u64,
    /// How long it rests between requests: some never do, so that connections are found by a reload
    /// in every state.
    pause: Duration,
}

/// What a connection that has had no answer holds on to.
type Fresh = Option<OwnedRwLockReadGuard<Option<Arc<ClientConfig>>>>;

/// A connection that several clients have.
#[derive(Default)]
struct Line {
    connection: Option<Connection>,
    worker: Arc<AtomicU32>,
}

impl Client {
    fn new(kind: Kind, number: usize, shared: &Arc<Shared>) -> Client {
        let pause = match kind {
            Kind::Slow => 0,
            // A port is not free again at once.
            Kind::Connecting => 4 + number as u64 % 8,
            _ => [0, 3, 11, 40][number % 4],
        };
        Client {
            kind,
            shared: Arc::clone(shared),
            shares: None,
            own: None,
            worker: Arc::default(),
            number: number as u64,
            pause: Duration::from_millis(pause),
        }
    }

    async fn run(mut self) {
        while !self.shared.is_over() {
            self.number += 1;
            self.request().await;
            tokio::time::sleep(self.pause).await;
        }
    }

    /// Sends one request, over another connection if the present one turns out to be closed.
    async fn request(&mut self) {
        let body = self.body();
        for _ in 0..5 {
            // Let go when this has its answer.
            let mut fresh = None;
            let connection = match self.connection(&mut fresh).await {
                Ok(connection) => connection,
                Err(failed) => return self.failed(failed).await,
            };
            let least = self.shared.expected.least.load(Ordering::SeqCst);
            let start = Instant::now();
            let head = self.head(body.clone(), &connection.scheme);
            let (sent, rest) = connection.send(head).await;
            if self.kind != Kind::Connecting {
                self.own = rest;
            }
            match sent {
                Sent::Not => {}
                Sent::Failed(failed) => return self.failed(failed).await,
                Sent::Answered(answer) => {
                    let worker = header(&answer, "x-worker").unwrap_or_default() as u32;
                    self.worker.store(worker, Ordering::Relaxed);
                    let took = matches!(self.kind, Kind::KeepAlive | Kind::Connecting)
                        .then(|| start.elapsed());
                    let expected = &self.shared.expected;
                    return match self.check(&answer, &body, least, expected) {
                        Ok(()) => self.shared.tally().answered(worker, took),
                        Err(failed) => self.failed(failed).await,
                    };
                }
            }
        }
        self.failed((Failure::Closed, "every new connection is closed at once".to_owned())).await;
    }

    async fn failed(&mut self, (failure, words): Failed) {
        let worker = self.worker.load(Ordering::Relaxed);
        let words = format!("{:?} client of worker {worker}: {failure:?}: {words}", self.kind);
        self.shared.tally().failed_with(failure, worker, words);
        self.own = None;
        // A dead server must not fill the memory with failures.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    async fn connection(&mut self, fresh: &mut Fresh) -> Result<Connection, Failed> {
        let Some(shared) = self.shares.clone() else {
            return match self.own.take() {
                Some(own) => Ok(own),
                None => self.open(Version::Http1, fresh).await,
            };
        };
        let mut line = shared.lock().await;
        if let Some(connection) = &line.connection
            && let Some(connection) = connection.share().await
        {
            self.worker = Arc::clone(&line.worker);
            return Ok(connection);
        }
        let opened = self.open(Version::Http2, fresh).await?;
        *line = Line { connection: opened.share().await, worker: Arc::clone(&self.worker) };
        Ok(opened)
    }

    async fn open(&mut self, version: Version, fresh: &mut Fresh) -> Result<Connection, Failed> {
        self.worker = Arc::default();
        let tls = fresh.insert(Arc::clone(&self.shared.tls).read_owned().await);
        let opened = Connection::open(self.address(), version, Option::clone(tls)).await;
        self.shared.tally().connections += 1;
        opened
    }

    fn address(&self) -> &str {
        match self.kind {
            Kind::Stream => &self.shared.http2,
            _ => &self.shared.address,
        }
    }

    fn body(&self) -> Bytes {
        if self.kind != Kind::Echo {
            return Bytes::new();
        }
        let line = format!("{:>15}\n", self.number);
        let lines = [1, 64, 4096, 0][self.number as usize % 4];
        line.repeat(lines).into()
    }

    fn head(&self, body: Bytes, scheme: &Scheme) -> Request<Bytes> {
        let (method, path) = match self.kind {
            Kind::KeepAlive | Kind::Connecting | Kind::Stream => (Method::GET, "/"),
            Kind::Slow => (Method::GET, "/slow"),
            Kind::Echo => (Method::POST, "/echo"),
        };
        let host = self.address();
        let mut request = Request::new(body);
        *request.method_mut() = method;
        let uri = match self.kind {
            Kind::Stream => format!("{scheme}://{host}{path}"),
            _ => path.to_owned(),
        };
        *request.uri_mut() = uri.parse().expect("a path");
        if self.kind != Kind::Stream {
            let host = HeaderValue::from_str(host).expect("an address");
            request.headers_mut().insert(HOST, host);
        }
        if self.kind == Kind::Connecting {
            request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        request
    }

    fn check(
        &self,
        answer: &Response<Bytes>,
        sent: &Bytes,
        least: u64,
        expected: &Expected,
    ) -> Result<(), Failed> {
        let failed = |failure, words: String| Err((failure, words));
        if answer.status() != StatusCode::OK {
            return failed(Failure::Status(answer.status().as_u16()), String::new());
        }
        let revision = header(answer, "x-revision").unwrap_or_default();
        if revision < least {
            return failed(Failure::Stale, format!("revision {revision} after {least}"));
        }
        let came = answer.body();
        let is_right = match self.kind {
            Kind::Echo => came == sent,
            Kind::Slow => {
                let lines = expected.lines.load(Ordering::Relaxed);
                *came == (1..=lines).map(|line| format!("line {line}\n")).collect::<String>()
            }
            // The filter and the app are of one stack.
            _ if revision > 0 => *came == format!("revision {revision}"),
            _ => !came.is_empty(),
        };
        match is_right {
            true => Ok(()),
            false => failed(Failure::Body, format!("{} bytes, revision {revision}", came.len())),
        }
    }
}

fn header(answer: &Response<Bytes>, name: &str) -> Option<u64> {
    answer.headers().get(name)?.to_str().ok()?.parse().ok()
}
