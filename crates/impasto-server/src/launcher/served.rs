//! What a generation serves, and what another reading of the files changes about it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use impasto::Problems;

use super::machine::Plan;
use super::order::Order;
use super::privileges::Identity;
use crate::address::{Address, BoundAddress};
use crate::bind::{BindError, Listening};
use crate::http::Http;
use crate::service::Service;
use crate::tls::Contents;

/// A service with its listeners, and with what its workers are told.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) service: Service,
    pub(super) listeners: Vec<Arc<Listening>>,
    pub(super) order: OwnedFd,
}

/// Why something cannot be served.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotServed {
    #[error("error: cannot serve `{service}`: {error}")]
    Bind { service: String, error: BindError },
    #[error("{0}")]
    Wrong(Problems),
    #[error("error: cannot pass settings to workers: {0}")]
    Order(std::io::Error),
}

/// Takes the listeners that `before` has for the same address, and binds the others. What else the
/// settings say of sockets, [`Served::tune`] sets.
pub(super) fn serve(
    services: Vec<Service>,
    before: &[Served],
    mut bind: impl FnMut(&Address, &Http) -> Result<Vec<Listening>, BindError>,
) -> Result<Vec<Served>, NotServed> {
    let mut all = Vec::new();
    for service in services {
        let name = || service.name().to_owned();
        let mut listeners = Vec::new();
        let (tls, warnings) = Contents::read(service.settings())
            .map_err(|errors| NotServed::Wrong(service.refused_files(&errors)))?;
        warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        for address in service.settings().addresses() {
            let known = known(before, service.name(), &address);
            if !known.is_empty() {
                listeners.extend(known);
                continue;
            }
            let bound = bind(&address, service.settings())
                .map_err(|error| NotServed::Bind { service: name(), error })?;
            listeners.extend(bound.into_iter().map(Arc::new));
        }
        let (source, settings) = (service.source().clone(), service.settings().clone());
        let addresses = listeners.iter().map(|it: &Arc<Listening>| it.address.clone()).collect();
        let snapshot = service.loader().snapshot();
        let (user, group) = (settings.user.as_deref(), settings.group.as_deref());
        let identity = Identity::resolve(user, group)
            .map_err(|error| NotServed::Wrong(service.refused(error)))?;
        let order = Order { source, snapshot, settings, tls, identity, addresses };
        let order = order.seal().map_err(NotServed::Order)?;
        all.push(Served { service, listeners, order });
    }
    Ok(all)
}

/// The listeners that are there for an address. Any free port is another one for each service.
fn known(before: &[Served], service: &str, address: &Address) -> Vec<Arc<Listening>> {
    let is_any = matches!(address, Address::Tcp { port: 0, .. });
    let known = before.iter().filter(|known| !is_any || known.service.name() == service);
    let listeners = known.flat_map(|known| &known.listeners);
    listeners.filter(|it| it.asked == *address).cloned().collect()
}

/// Whether workers of the one can take over the stacks and settings of the other.
pub(super) fn can_swap(old: &[Served], new: &[Served]) -> bool {
    let same = |(old, new): (&Served, &Served)| {
        old.service.name() == new.service.name()
            && of_process(old.service.settings()) == of_process(new.service.settings())
    };
    old.len() == new.len() && old.iter().zip(new).all(same)
}

/// What a process cannot change about itself.
fn of_process(settings: &Http) -> impl PartialEq {
    (
        settings.addresses(),
        (settings.backlog, settings.socket_mode, settings.tcp_keepalive.get()),
        settings.workers,
        settings.threads,
        settings.drain(),
        settings.worker_timeout.get(),
        settings.startup_timeout.get(),
        (settings.max_connections, settings.max_requests),
        (settings.user.clone(), settings.group.clone(), settings.pid_file.clone()),
    )
}

pub(super) fn plans(served: &[Served]) -> Vec<Plan> {
    let plan = |served: &Served| {
        let settings = served.service.settings();
        Plan {
            name: served.service.name().to_owned(),
            workers: settings.workers.max(1),
            drain: settings.drain(),
            silence: settings.silence(),
            startup: settings.startup_timeout.get(),
        }
    };
    served.iter().map(plan).collect()
}

impl Served {
    /// Where it is served.
    pub(super) fn addresses(&self) -> impl Iterator<Item = BoundAddress> {
        let is_encrypted = !self.service.settings().tls_files().is_empty();
        self.listeners.iter().map(move |it| it.address.clone().over_tls(is_encrypted))
    }

    /// Makes sockets that are there already what the settings want.
    pub(super) fn tune(&self) {
        for listening in &self.listeners {
            if let Err(error) = listening.tune(self.service.settings()) {
                tracing::warn!(%error, address = %listening.address, "cannot change a socket");
            }
        }
    }

    pub(super) fn sockets(&self) -> Vec<BorrowedFd<'_>> {
        self.listeners.iter().map(|listening| listening.socket.as_fd()).collect()
    }
}
