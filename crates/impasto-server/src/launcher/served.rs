//! What a generation serves, and what another reading of the files changes about it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use impasto::SettingError;

use super::machine::Plan;
use super::order::Order;
use super::privileges::Identity;
use super::wire::MOST_LISTENERS;
use crate::address::{Address, BoundAddress};
use crate::bind::{BindError, Listening};
use crate::http::Http;
use crate::service::{Faults, Service};
use crate::tally::Tally;
use crate::tls::{Acceptor, TlsContents};

/// A service with its listeners, and with what its workers are told.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) service: Service,
    pub(super) listeners: Vec<Arc<Listening>>,
    pub(super) order: OwnedFd,
    /// Where its workers say how many connections they have.
    pub(super) tally: Tally,
    /// What the files of TLS hold that its settings name.
    tls: TlsContents,
}

/// Why something cannot be served.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotServed {
    #[error("{0}")]
    Faults(Faults),
    #[error("error: cannot pass settings to workers: {0}")]
    Order(std::io::Error),
}

/// Takes the listeners that `before` has for the same address, and binds the others. What else the
/// settings say of sockets, [`Served::tune`] sets.
///
/// # Errors
///
/// Everything that keeps any of them from being served, short of what their factories say.
pub(super) fn serve(
    services: Vec<Service>,
    before: &[Served],
    mut bind: impl FnMut(&Address, &Http) -> Result<Vec<Listening>, BindError>,
) -> Result<Vec<Served>, NotServed> {
    let mut faults = Faults::new();
    let mut all = Vec::new();
    for service in services {
        let mut listeners = Vec::new();
        for address in service.settings().addresses() {
            let known = known(before, service.name(), &address);
            if !known.is_empty() {
                listeners.extend(known);
                continue;
            }
            match bind(&address, service.settings()) {
                Ok(bound) => listeners.extend(bound.into_iter().map(Arc::new)),
                Err(error) => faults.add_refused(&service, &error.into()),
            }
        }
        if listeners.len() > MOST_LISTENERS {
            let message = format!(
                "{} sockets are more than the {MOST_LISTENERS} that a worker can be given",
                listeners.len()
            );
            faults.add(service.refused(SettingError::new("listen", message)));
        }
        let settings = service.settings();
        if settings.workers == 0 {
            let app = service.name();
            tracing::warn!(app, "`workers = 0` takes a start anew: one worker serves");
        }
        let tls = match before {
            [] => TlsContents::read(settings),
            before => TlsContents::read_after(settings, before.iter().map(|it| &it.tls)),
        };
        let tls = tls.map_err(|errors| service.refused_files(&errors));
        let identity = Identity::resolve(settings.user.as_deref(), settings.group.as_deref())
            .map_err(|error| service.refused(error));
        match (tls, identity) {
            (Ok((tls, acceptor)), Ok(identity)) => {
                let warnings = acceptor.iter().flat_map(Acceptor::warnings);
                warnings.for_each(|warning| tracing::warn!("{warning}"));
                all.push((service, listeners, tls, identity));
            }
            (tls, identity) => {
                faults.add([tls.err(), identity.err()].into_iter().flatten().flatten());
            }
        }
    }
    if !faults.is_empty() {
        return Err(NotServed::Faults(faults));
    }
    let served = all.into_iter().map(|(service, listeners, tls, identity)| {
        let (source, settings) = (service.source().clone(), service.settings().clone());
        let addresses = listeners.iter().map(|it: &Arc<Listening>| it.address.clone()).collect();
        // Workers start at different times, and may have no right to read what the master reads.
        service.loader().read_ahead();
        let snapshot = service.loader().snapshot();
        let order = Order { source, snapshot, settings, tls: tls.clone(), identity, addresses };
        let order = order.seal().map_err(NotServed::Order)?;
        let same = before.iter().find(|known| known.service.name() == service.name());
        let tally = same.map_or_else(Tally::new, |known| Ok(known.tally.clone()));
        let tally = tally.map_err(NotServed::Order)?;
        Ok(Served { service, listeners, order, tally, tls })
    });
    served.collect()
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
        (settings.user.clone(), settings.group.clone()),
    )
}

/// What another reading of the files changes, for people.
pub(super) fn changes(old: &[Served], new: &[Served]) -> String {
    let (Some(first), Some(before)) = (new.first(), old.first()) else { return String::new() };
    let sections = first.service.loader().changes_since(before.service.loader());
    let of = |all: &[Served]| all.iter().map(|it| it.tls.clone()).collect::<Vec<_>>();
    let files = TlsContents::changed(&of(old), &of(new));
    let files: Vec<String> =
        files.iter().map(|file| format!("another content: {}", file.display())).collect();
    match (sections.is_empty(), files.is_empty()) {
        (true, true) => "no section has changed".into(),
        (true, false) => files.join("\n"),
        (false, true) => sections.to_string(),
        (false, false) => format!("{}\n{}", sections.to_string().trim_end(), files.join("\n")),
    }
}

pub(super) fn plans(served: &[Served]) -> Vec<Plan> {
    let plan = |served: &Served| {
        let settings = served.service.settings();
        Plan {
            name: served.service.name().to_owned(),
            workers: settings.workers.max(1),
            drain: settings.drain().map(for_ever_if_none),
            silence: settings.silence().map(for_ever_if_none),
            startup: for_ever_if_none(settings.startup_timeout.get()),
        }
    };
    served.iter().map(plan).collect()
}

/// 0 is no limit. Longer than a machine lives is none, either, and can be added to any time.
fn for_ever_if_none(limit: Duration) -> Duration {
    const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    if limit.is_zero() { FOR_EVER } else { limit.min(FOR_EVER) }
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

    /// What a worker is given.
    pub(super) fn descriptors(&self) -> Vec<BorrowedFd<'_>> {
        let sockets = self.listeners.iter().map(|listening| listening.socket.as_fd());
        [self.order.as_fd(), self.tally.as_fd()].into_iter().chain(sockets).collect()
    }
}
