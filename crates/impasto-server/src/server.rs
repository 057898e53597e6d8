//! The server: bind, serve, stop.

use std::sync::Arc;
use std::time::Duration;

use impasto::{App, BoxFuture, Serve, SettingError, Swap};
use tokio::task::JoinSet;

use crate::accept::accept;
use crate::address::BoundAddress;
use crate::connection::{self, Common};
use crate::http::Http;
use crate::listen::{BindError, Listener};
use crate::open::Open;
use crate::signal::stop_on_signals;
use crate::stop::{Stop, Urgency};
use crate::tls::TlsLive;

/// An HTTP server that is not listening yet.
#[derive(Clone, Debug, Default)]
pub struct Server {
    settings: Http,
}

/// A server that listens: clients can connect, and wait for [`Bound::serve`].
#[derive(Debug)]
pub struct Bound {
    listeners: Vec<Listener>,
    settings: Http,
    tls: TlsLive,
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Every request that had begun was answered.
    Clean,
    /// It ended at the end of `graceful_shutdown_timeout`, or by [`Stop::now`].
    Cut {
        /// How many connections were closed, some of them perhaps before an answer.
        connections: usize,
    },
}

impl Server {
    /// A server with these settings.
    ///
    /// # Errors
    ///
    /// When a setting has a value that no server can work with, such as a `backlog` of 0.
    pub fn new(settings: Http) -> Result<Server, SettingError> {
        settings.check()?;
        Ok(Server { settings })
    }

    /// What it was made from.
    pub fn settings(&self) -> &Http {
        &self.settings
    }

    /// Listens on every address of the settings. Runs on a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    ///
    /// The first address that cannot be listened on; none is kept then.
    pub async fn bind(&self) -> Result<Bound, BindError> {
        let settings = self.settings.clone();
        let backlog = i32::try_from(settings.backlog).unwrap_or(i32::MAX);
        let mut listeners = Vec::new();
        for address in settings.addresses() {
            listeners.extend(Listener::bind(&address, backlog).await?);
        }
        Ok(Bound { listeners, settings, tls: TlsLive::default() })
    }
}

impl Bound {
    /// Where it listens, in the order of the settings, with real ports.
    pub fn addresses(&self) -> impl Iterator<Item = &BoundAddress> {
        self.listeners.iter().map(Listener::address)
    }

    /// Whether connections are encrypted and with what, now and while it serves.
    pub fn tls(&self) -> TlsLive {
        self.tls.clone()
    }

    /// Serves the stack in `swap`, looked up anew for each request, until `stop`.
    ///
    /// A graceful stop first takes the connections that already wait in the queues of the listeners,
    /// closes these, and then gives requests in flight `graceful_shutdown_timeout` to finish.
    /// Dropping the returned future closes everything at once.
    pub async fn serve(self, swap: Arc<Swap>, stop: Stop) -> Outcome {
        let timeout = self.settings.drain();
        let (open, ours) = (Open::default(), Stop::new());
        let _cut_when_dropped = Cut(ours.clone());
        let common = Arc::new(Common::new(&self.settings, swap, ours.clone(), self.tls));

        let mut accepting = JoinSet::new();
        for listener in self.listeners {
            let (open, common) = (open.clone(), Arc::clone(&common));
            accepting.spawn(accept(listener, ours.clone(), move |stream| {
                let (opened, common) = (open.enter(), Arc::clone(&common));
                tokio::spawn(async move {
                    connection::serve(stream, common).await;
                    drop(opened);
                });
            }));
        }

        stop.reached(Urgency::Graceful).await;
        ours.graceful();
        let finished = async {
            while accepting.join_next().await.is_some() {}
            open.none().await;
        };
        let in_time = tokio::select! {
            biased;
            () = stop.reached(Urgency::Now) => false,
            () = finished => true,
            () = sleep_or_for_ever(timeout) => false,
        };
        if in_time {
            return Outcome::Clean;
        }
        let connections = open.count();
        ours.now();
        // They only have to notice.
        let _ = tokio::time::timeout(Duration::from_secs(1), open.none()).await;
        Outcome::Cut { connections }
    }
}

/// For callers who know nothing of this crate: binds, and serves until a signal.
impl Serve for Server {
    /// # Errors
    ///
    /// When it cannot listen, and when it was cut.
    fn serve(&self, app: App) -> BoxFuture<'static, anyhow::Result<()>> {
        let server = self.clone();
        Box::pin(async move {
            let bound = server.bind().await?;
            let stop = Stop::new();
            stop_on_signals(&stop)?;
            match bound.serve(Arc::new(Swap::new(app)), stop).await {
                Outcome::Clean => Ok(()),
                Outcome::Cut { connections } => {
                    anyhow::bail!("the server ended with {connections} connections open")
                }
            }
        })
    }
}

struct Cut(Stop);

impl Drop for Cut {
    fn drop(&mut self) {
        self.0.now();
    }
}

async fn sleep_or_for_ever(timeout: Option<Duration>) {
    match timeout {
        Some(timeout) => tokio::time::sleep(timeout).await,
        None => std::future::pending().await,
    }
}
