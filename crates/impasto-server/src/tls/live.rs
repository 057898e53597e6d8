//! Certificates that can be exchanged while connections are served.

use std::io;
use std::sync::{Arc, LazyLock};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::ProducesTickets;

use super::acceptor::Acceptor;
use super::pending::Pending;

/// What handshakes are served with from now on; clones are the same handle.
///
/// Connections that have a handshake behind them stay as they are.
///
/// Clients may resume a session, also after new certificates, without another signature of ours: by
/// tickets, whose keys live in this handle and are renewed every six hours. Another process cannot
/// read them: a client that comes to another worker has a whole handshake there, and no worse luck.
/// Where clients are asked for certificates there are no tickets, so that each is looked at each time.
#[derive(Clone, Debug)]
pub struct TlsLive(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    mode: ArcSwap<Mode>,
    tickets: LazyLock<Option<Arc<dyn ProducesTickets>>>,
    pending: Pending,
}

/// What becomes of a connection.
#[derive(Debug)]
enum Mode {
    /// It stays as it is.
    Clear,
    /// It is closed: settings name certificates that nobody has given yet.
    Awaited,
    /// It begins with a handshake.
    Encrypted(Arc<ServerConfig>),
}

impl TlsLive {
    /// For a server whose settings name certificates, if `is_awaited`: no connection is served until
    /// they are [given](TlsLive::set), least of all in clear text.
    pub(crate) fn new(is_awaited: bool) -> TlsLive {
        let mode = ArcSwap::from_pointee(if is_awaited { Mode::Awaited } else { Mode::Clear });
        TlsLive(Arc::new(Inner {
            mode,
            tickets: LazyLock::new(tickets),
            pending: Pending::default(),
        }))
    }

    /// Serves the next handshakes with `acceptor`; with `None` the next connections are clear text.
    pub fn set(&self, acceptor: Option<Acceptor>) {
        let mode = acceptor.map_or(Mode::Clear, |acceptor| Mode::Encrypted(self.config(acceptor)));
        self.0.mode.store(Arc::new(mode));
    }

    /// Whether connections are encrypted.
    pub fn is_on(&self) -> bool {
        !matches!(**self.0.mode.load(), Mode::Clear)
    }

    fn config(&self, acceptor: Acceptor) -> Arc<ServerConfig> {
        if acceptor.asks_for_certificates {
            return acceptor.config;
        }
        let Some(tickets) = &*self.0.tickets else { return acceptor.config };
        let mut config = Arc::unwrap_or_clone(acceptor.config);
        config.ticketer = Arc::clone(tickets);
        Arc::new(config)
    }

    /// What a handshake is served with; `None` in clear text.
    pub(super) fn present(&self) -> io::Result<Option<Arc<ServerConfig>>> {
        match &**self.0.mode.load() {
            Mode::Clear => Ok(None),
            Mode::Awaited => Err(io::Error::other("the server has been given no certificate")),
            Mode::Encrypted(config) => Ok(Some(Arc::clone(config))),
        }
    }

    pub(super) fn pending(&self) -> &Pending {
        &self.0.pending
    }
}

/// Without randomness there are no tickets, and soon no handshakes.
fn tickets() -> Option<Arc<dyn ProducesTickets>> {
    Ticketer::new().ok()
}
