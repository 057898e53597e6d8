//! The server: bind, serve, stop.

use std::io;
use std::os::fd::OwnedFd;
use std::panic;
use std::sync::Arc;
use std::time::Duration;

use impasto::{App, BoxFuture, Serve, SettingError, Swap};
use tokio::task::JoinSet;

use crate::accept::accept;
use crate::address::BoundAddress;
use crate::bind::{BindError, Listening, bind_all};
use crate::connection::{self, Common};
use crate::http::Http;
use crate::listen::Listener;
use crate::live::Live;
use crate::signal::stop_on_signals;
use crate::socket_file::SocketFile;
use crate::stop::{Stop, Urgency};
use crate::tally::Seat;
use crate::tls::{Acceptor, TlsContents, TlsErrors, TlsLive};

/// An HTTP server that is not listening yet.
#[derive(Clone, Debug, Default)]
pub struct Server {
    settings: Arc<Http>,
}

/// A server that listens: clients can connect, and wait for [`Bound::serve`].
#[derive(Debug)]
pub struct Bound {
    listeners: Vec<Listener>,
    /// Removed when nothing is accepted any more.
    files: Vec<SocketFile>,
    live: Live,
    tls: TlsLive,
    tls_files: TlsContents,
    seat: Option<Seat>,
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Every request that had begun was answered.
    Clean,
    /// It ended by [`Stop::now`], or `graceful_shutdown_timeout` was not enough for all that was in flight.
    Cut {
        /// How many connections were closed with something in flight.
        connections: usize,
    },
}

/// Why a server cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// An address cannot be listened on.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The files of TLS cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsErrors),
}

impl Server {
    /// A server with these settings.
    ///
    /// # Errors
    ///
    /// When a setting has a value that no server can work with, such as a `backlog` of 0.
    pub fn new(settings: Http) -> Result<Server, SettingError> {
        settings.check()?;
        Ok(Server { settings: Arc::new(settings) })
    }

    /// What it was made from.
    pub fn settings(&self) -> &Http {
        &self.settings
    }

    /// Listens on every address of the settings. Runs on a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    ///
    /// What is wrong with the files of TLS, or the first address that cannot be listened on; none is
    /// kept then.
    pub async fn bind(&self) -> Result<Bound, StartError> {
        let settings = Arc::clone(&self.settings);
        let binding = tokio::task::spawn_blocking(move || -> Result<_, StartError> {
            Ok((TlsContents::read(&settings)?, bind_all(&settings)?))
        });
        let ((tls_files, acceptor), listening) = match binding.await {
            Ok(bound) => bound?,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => panic::resume_unwind(panic),
                // Only a runtime that is shut down cancels it, and polls nobody any more.
                Err(_) => std::future::pending().await,
            },
        };
        let mut bound = self.bound();
        for warning in acceptor.iter().flat_map(Acceptor::warnings) {
            tracing::warn!("{warning}");
        }
        bound.tls.set(acceptor);
        bound.tls_files = tls_files;
        for Listening { address, asked, socket, file } in listening {
            let address = address.over_tls(bound.tls.is_on());
            let listener = Listener::new(address, socket);
            let failed = |reason| BindError { address: asked, resolved: None, reason };
            bound.listeners.push(listener.map_err(failed)?);
            bound.files.extend(file);
        }
        Ok(bound)
    }

    /// Takes over sockets that listen already: from [`bind_all`](crate::bind_all), from another
    /// process, from systemd. Their files are not removed at the end, and those of TLS not read: where
    /// the settings name them, nobody is served before [`Bound::tls`] is given what they hold
    /// ([`Http::acceptor`]). Runs on a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    ///
    /// When the system refuses one, as it does where that is no socket of its address's kind.
    pub fn from_listeners(
        &self,
        listeners: impl IntoIterator<Item = (BoundAddress, OwnedFd)>,
    ) -> io::Result<Bound> {
        let mut bound = self.bound();
        for (address, socket) in listeners {
            bound.listeners.push(Listener::new(address, socket)?);
        }
        Ok(bound)
    }

    fn bound(&self) -> Bound {
        let (listeners, files) = (Vec::new(), Vec::new());
        let tls = TlsLive::new(!self.settings.tls_files().is_empty());
        let (live, tls_files) = (Live::new(&self.settings), TlsContents::default());
        Bound { listeners, files, live, tls, tls_files, seat: None }
    }
}

impl Bound {
    /// Where it listens, in the order of the settings, with real ports.
    pub fn addresses(&self) -> impl Iterator<Item = &BoundAddress> {
        self.listeners.iter().map(Listener::address)
    }

    /// Counts, and other settings while it serves.
    pub fn live(&self) -> Live {
        self.live.clone()
    }

    /// Whether connections are encrypted and with what, now and while it serves.
    pub fn tls(&self) -> TlsLive {
        self.tls.clone()
    }

    /// What the files of TLS held when it was bound; nothing where it took over sockets.
    pub fn tls_files(&self) -> &TlsContents {
        &self.tls_files
    }

    /// Takes turns with other workers that have the same listeners.
    pub(crate) fn share(&mut self, seat: Option<Seat>) {
        self.seat = seat;
    }

    /// Serves the stack in `swap`, looked up anew for each request, until `stop`.
    ///
    /// A graceful stop first takes the connections that already wait in the queues of the listeners,
    /// closes these, and then gives requests in flight `graceful_shutdown_timeout` to finish.
    /// Dropping the returned future closes everything at once.
    pub async fn serve(self, swap: Arc<Swap>, stop: Stop) -> Outcome {
        let Bound { listeners, files, live, tls, seat, .. } = self;
        let (open, ours) = (live.open(), Stop::new());
        let _cut_when_dropped = Cut(ours.clone());
        let stop_connections = ours.clone();
        let common = Arc::new(Common { swap, stop: stop_connections, live: live.clone(), tls });

        let mut accepting = JoinSet::new();
        for listener in listeners {
            let common = Arc::clone(&common);
            let serve = move |stream, opened| {
                tokio::spawn(connection::serve(stream, Arc::clone(&common), opened));
            };
            let (open, stop, seat) = (open.clone(), ours.clone(), seat.clone());
            accepting.spawn(accept(listener, open, stop, seat, serve));
        }

        stop.reached(Urgency::Graceful).await;
        ours.graceful();
        let finished = async {
            while accepting.join_next().await.is_some() {}
            live.close();
            drop(files);
            open.none().await;
        };
        let in_time = tokio::select! {
            biased;
            () = stop.reached(Urgency::Now) => false,
            () = finished => true,
            () = sleep_or_for_ever(live.terms().drain) => false,
        };
        if in_time {
            return Outcome::Clean;
        }
        ours.now();
        // They only have to notice.
        let _ = tokio::time::timeout(Duration::from_secs(1), open.none()).await;
        let connections = live.cut() + open.count();
        match stop.urgency() {
            // All others had nothing to say, or did not look at the end of their answer.
            Urgency::Graceful if connections == 0 => Outcome::Clean,
            _ => Outcome::Cut { connections },
        }
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
            stop_on_signals(&stop, server.settings.quit_is_graceful)?;
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
