//! Requests without end, of which none is sent twice: whatever goes wrong is a failure, and is counted
//! by its kind.
//!
//! A client that finds its connection closed before it has sent anything on it opens another, as it
//! does after an answer with `Connection: close`. A connection that breaks later is a failure: there is
//! no way to know whether the request was done.

mod client;
mod connection;
mod failure;
mod http1;
mod http2;
mod tally;
mod tls;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::RwLock;
use tokio::task::JoinHandle;

pub use failure::Failure;
pub use tally::Tally;

/// How many clients of each kind.
#[derive(Clone, Copy, Debug)]
pub struct Mix {
    /// `GET /` over one connection, one after the other.
    pub keep_alive: usize,
    /// `GET /`, each over a connection of its own.
    pub connecting: usize,
    /// HTTP/2 connections.
    pub http2: usize,
    /// Clients that share each of these, with `GET /`.
    pub streams: usize,
    /// `GET /slow`, whose answer comes line by line.
    pub slow: usize,
    /// `POST /echo`, whose answer is what was sent.
    pub echo: usize,
}

impl Mix {
    /// Every kind, for a machine that does other things too.
    pub const SOME: Mix =
        Mix { keep_alive: 12, connecting: 4, http2: 2, streams: 6, slow: 4, echo: 4 };

    /// Every kind, and many.
    pub const MANY: Mix =
        Mix { keep_alive: 64, connecting: 16, http2: 8, streams: 16, slow: 8, echo: 8 };

    /// Without HTTP/2, for servers that do not speak it without TLS.
    pub fn http1(self) -> Mix {
        Mix { http2: 0, ..self }
    }
}

/// What answers are to look like.
#[derive(Debug, Default)]
pub struct Expected {
    /// The header `x-revision` is to be no less, for requests that are sent from now on. 0 does not look.
    pub least: AtomicU64,
    /// The lines that `/slow` sends.
    pub lines: AtomicU64,
}

/// Clients at work.
pub struct Load {
    runtime: Runtime,
    shared: Arc<Shared>,
    clients: Vec<JoinHandle<()>>,
}

struct Shared {
    /// `HOST:PORT`
    address: String,
    /// The same for HTTP/2.
    http2: String,
    expected: Expected,
    /// How new connections are encrypted, if they are; held by each until its first answer.
    tls: Arc<RwLock<Option<Arc<ClientConfig>>>>,
    tally: Mutex<Tally>,
    is_over: AtomicBool,
}

impl Shared {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }
}

impl Load {
    /// Sends such a mix of requests to `HOST:PORT` until it is stopped.
    ///
    /// # Panics
    ///
    /// When the process has no threads left.
    pub fn start(address: &str, mix: Mix, expected: Expected) -> Load {
        Load::over(None, address, mix, expected)
    }

    /// The same where HTTP/2 has an address of its own, as it has with a server that does not tell by
    /// what comes which protocol it is.
    ///
    /// # Panics
    ///
    /// As [`start`](Load::start).
    pub fn with_http2_at(http2: &str, address: &str, mix: Mix, expected: Expected) -> Load {
        Load::begin(None, address, http2, mix, expected)
    }

    /// The same over TLS, where that is given.
    ///
    /// # Panics
    ///
    /// As [`start`](Load::start).
    pub fn over(
        tls: Option<Arc<ClientConfig>>,
        address: &str,
        mix: Mix,
        expected: Expected,
    ) -> Load {
        Load::begin(tls, address, address, mix, expected)
    }

    fn begin(
        tls: Option<Arc<ClientConfig>>,
        address: &str,
        http2: &str,
        mix: Mix,
        expected: Expected,
    ) -> Load {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("threads");
        let shared = Arc::new(Shared {
            address: address.to_owned(),
            http2: http2.to_owned(),
            expected,
            tls: Arc::new(RwLock::new(tls)),
            tally: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let clients = client::start(&runtime, mix, &shared);
        Load { runtime, shared, clients }
    }

    /// What answers are to look like from now on.
    pub fn expected(&self) -> &Expected {
        &self.shared.expected
    }

    /// Makes a change after which new connections are encrypted, or are not any more. Meanwhile none is
    /// opened: a client cannot know what it would be. Over those that are open, requests go on.
    pub fn switch(&self, tls: Option<Arc<ClientConfig>>, change: impl FnOnce()) {
        let mut present = self.runtime.block_on(self.shared.tls.write());
        change();
        *present = tls;
    }

    /// How many requests have been answered or have failed.
    pub fn requests(&self) -> u64 {
        self.shared.tally().requests
    }

    /// What has come of them so far.
    pub fn so_far(&self) -> Tally {
        self.shared.tally().clone()
    }

    /// Waits until so many more have.
    ///
    /// # Panics
    ///
    /// When that takes more than a minute.
    pub fn more(&self, count: u64) {
        let (start, until) = (Instant::now(), self.requests() + count);
        while self.requests() < until {
            assert!(start.elapsed() < Duration::from_secs(60), "no answers: {}", self.so_far());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for the answers to what has been sent, and sends no more.
    ///
    /// # Panics
    ///
    /// When a client has panicked.
    pub fn stop(self) -> Tally {
        self.shared.is_over.store(true, Ordering::Relaxed);
        self.runtime.block_on(async {
            for client in self.clients {
                client.await.expect("clients do not panic");
            }
        });
        self.shared.tally().clone()
    }
}

impl fmt::Debug for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Load").field("address", &self.shared.address).finish_non_exhaustive()
    }
}
