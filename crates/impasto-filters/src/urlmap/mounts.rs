//! Which app a request belongs to.

use http::Uri;
use http::uri::PathAndQuery;
use impasto::{App, Exchange};

use super::expression::{Expression, Host};
use super::prefix::{prefix, tidied};
use crate::asked::Asked;

/// Apps by where they are mounted, in the order in which a request tries them.
#[derive(Default)]
pub(super) struct Mounts {
    mounts: Vec<Mount>,
}

/// One app and what a request must ask for to reach it.
pub(super) struct Mount {
    expression: Expression,
    app: App,
}

impl Mounts {
    /// Mounts an app. One that is mounted at the same place already is replaced.
    ///
    /// A host with a port comes before the host alone, and that before no host; within these the
    /// longest path comes first.
    pub(super) fn insert(&mut self, expression: Expression, app: App) {
        let mount = Mount { expression, app };
        match self.mounts.binary_search_by(|other| other.order().cmp(&mount.order())) {
            Ok(at) => self.mounts[at] = mount,
            Err(at) => self.mounts.insert(at, mount),
        }
    }

    /// The mount that a request for `path` belongs to, and how much of the path its mount point is.
    pub(super) fn find(&self, exchange: &Exchange, path: &str) -> Option<(&Mount, usize)> {
        let mut asked = None;
        self.mounts.iter().find_map(|mount| {
            let Expression { host, path: mounted, below } = &mount.expression;
            if let Some(host) = host
                && !is(asked.get_or_insert_with(|| Asked::by(exchange)), host)
            {
                return None;
            }
            prefix(path, mounted, *below).map(|length| (mount, length))
        })
    }
}

impl Mount {
    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// The mount point: empty for everything, else beginning with `/` and not ending in it.
    pub(super) fn path(&self) -> &str {
        &self.expression.path
    }

    fn order(&self) -> impl Ord {
        let Expression { host, path, below } = &self.expression;
        let host = host.as_ref().map(|host| (&host.name, host.port));
        let rank = match host {
            Some((_, Some(_))) => 0,
            Some(_) => 1,
            None => 2,
        };
        // Paths of one length stand as text does: `/v2/+` before `/v2/x`.
        (rank, host, usize::MAX - self.expression.length(), path.len(), path, !*below)
    }
}

/// Moves the first `length` bytes of the path to the mount point, and makes one of each run of
/// slashes. Says whether it could.
pub(super) fn enter(exchange: &mut Exchange, length: usize) -> bool {
    match tidied(exchange.path(), length) {
        None => exchange.mount_at(length),
        Some((mount, rest)) => {
            set_path(exchange, &format!("{mount}{rest}")) && exchange.mount_at(mount.len())
        }
    }
}

/// Replaces the path under the mount point.
pub(super) fn set_path(exchange: &mut Exchange, path: &str) -> bool {
    let whole = exchange.uri().path();
    let mounted = whole.len() - exchange.path().len();
    let mut target = format!("{}{path}", &whole[..mounted]);
    if let Some(query) = exchange.query() {
        target.push('?');
        target.push_str(query);
    }
    let mut parts = exchange.uri().clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(target).ok();
    match Uri::from_parts(parts) {
        Ok(uri) => exchange.set_uri(uri),
        Err(_) => return false,
    }
    true
}

/// Whether a request asks for a host, in any case.
fn is(asked: &Asked<'_>, host: &Host) -> bool {
    host.name.eq_ignore_ascii_case(asked.name) && (host.port.is_none() || host.port == asked.port)
}
