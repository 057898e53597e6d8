//! A server while it serves: what it has to do, and on which terms.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use impasto::SettingError;
use tokio::sync::Notify;

use crate::http::Http;
use crate::open::Open;
use crate::open_files;
use crate::slots::Slots;
use crate::terms::Terms;

/// A handle on a server, before and while it serves; clones are the same handle.
#[derive(Clone, Debug)]
pub struct Live(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    terms: ArcSwap<Terms>,
    connections: Open,
    requests: AtomicUsize,
    cut: AtomicUsize,
    slots: Slots,
    closed: Notify,
}

impl Live {
    pub(crate) fn new(settings: &Http) -> Live {
        let terms = ArcSwap::from_pointee(Terms::of(settings));
        Live(Arc::new(Inner {
            terms,
            connections: Open::new(open_files::connections(settings.max_connections)),
            requests: AtomicUsize::new(0),
            cut: AtomicUsize::new(0),
            slots: Slots::new(settings.max_requests),
            closed: Notify::new(),
        }))
    }

    /// Limits, deadlines and protocols of these settings hold for the connections that are accepted
    /// from now on, and `graceful_shutdown_timeout` for the stop. Others have an effect only where a
    /// server is bound and workers are started.
    ///
    /// # Errors
    ///
    /// As [`Server::new`](crate::Server::new) has them; nothing changes then.
    pub fn set(&self, settings: &Http) -> Result<(), SettingError> {
        settings.check()?;
        self.0.connections.set_most(open_files::connections(settings.max_connections));
        self.0.slots.set(settings.max_requests);
        self.0.terms.store(Arc::new(Terms::of(settings)));
        Ok(())
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.0.connections.count()
    }

    /// How many requests have come whose answers are not over.
    pub fn requests(&self) -> usize {
        self.0.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn terms(&self) -> Arc<Terms> {
        self.0.terms.load_full()
    }

    pub(crate) fn open(&self) -> &Open {
        &self.0.connections
    }

    /// No connection is accepted any more.
    pub(crate) fn close(&self) {
        self.0.closed.notify_one();
    }

    /// Waits for [`close`](Live::close), which one may do.
    pub(crate) async fn closed(&self) {
        self.0.closed.notified().await;
    }

    /// A request has come.
    pub(crate) fn request_began(&self) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Its answer is over.
    pub(crate) fn request_ended(&self) {
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }

    /// A connection was closed with something in flight.
    pub(crate) fn cut_one(&self) {
        self.0.cut.fetch_add(1, Ordering::Relaxed);
    }

    /// How many were.
    pub(crate) fn cut(&self) -> usize {
        self.0.cut.load(Ordering::Relaxed)
    }

    pub(crate) fn slots(&self) -> &Slots {
        &self.0.slots
    }
}
