//! Certificates that can be exchanged while connections are served.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
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
/// Where clients must show certificates there are no tickets, so that each is looked at each time.
#[derive(Clone, Debug)]
pub struct TlsLive(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: ArcSwapOption<ServerConfig>,
    tickets: Option<Arc<dyn ProducesTickets>>,
    pending: Pending,
}

impl TlsLive {
    /// Clear text where `acceptor` is `None`.
    pub fn new(acceptor: Option<Acceptor>) -> TlsLive {
        // Without randomness there are no tickets, and soon no handshakes.
        let tickets = Ticketer::new().ok();
        let inner = Inner { config: ArcSwapOption::empty(), tickets, pending: Pending::default() };
        let live = TlsLive(Arc::new(inner));
        live.set(acceptor);
        live
    }

    /// Serves the next handshakes with `acceptor`; with `None` the next connections are clear text.
    pub fn set(&self, acceptor: Option<Acceptor>) {
        let config = acceptor.map(|acceptor| match &self.0.tickets {
            Some(tickets) if !acceptor.asks_for_certificates => {
                let mut config = Arc::unwrap_or_clone(acceptor.config);
                config.ticketer = Arc::clone(tickets);
                Arc::new(config)
            }
            _ => acceptor.config,
        });
        self.0.config.store(config);
    }

    /// Whether connections are encrypted.
    pub fn is_on(&self) -> bool {
        self.0.config.load().is_some()
    }

    pub(super) fn config(&self) -> Option<Arc<ServerConfig>> {
        self.0.config.load_full()
    }

    pub(super) fn pending(&self) -> &Pending {
        &self.0.pending
    }
}

/// Clear text.
impl Default for TlsLive {
    fn default() -> TlsLive {
        TlsLive::new(None)
    }
}
