//! Which app a request belongs to.

use http::Uri;
use http::uri::PathAndQuery;
use impasto::Exchange;

use super::expression::{Expression, Host};
use super::prefix::{prefix, tidied};
use crate::Asked;

/// What is chosen by where it is mounted, in the order in which a request tries it.
pub struct Mounts<T> {
    mounts: Vec<Mount<T>>,
}

impl<T> Default for Mounts<T> {
    fn default() -> Mounts<T> {
        Mounts { mounts: Vec::new() }
    }
}

/// What is mounted, and what a request must ask for to reach it.
pub struct Mount<T> {
    expression: Expression,
    it: T,
}

/// Why a mount does not take a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is for another host or port.
    Host,
    /// The path does not lie there.
    Path,
    /// It is only for what lies below its path, and this is the path itself.
    NotBelow,
}

impl<T> Mounts<T> {
    /// Mounts something. What is mounted at the same place already is replaced.
    ///
    /// A host with a port comes before the host alone, and that before no host; within these the
    /// longest path comes first.
    pub fn insert(&mut self, expression: Expression, it: T) {
        let mount = Mount { expression, it };
        match self.mounts.binary_search_by(|other| other.order().cmp(&mount.order())) {
            Ok(at) => self.mounts[at] = mount,
            Err(at) => self.mounts.insert(at, mount),
        }
    }

    /// The mount that a request for `path` belongs to, and how much of the path its mount point is.
    pub fn find(&self, exchange: &Exchange, path: &str) -> Option<(&Mount<T>, usize)> {
        let mut asked = None;
        self.mounts.iter().find_map(|mount| {
            let length = mount.expression.reached(exchange, &mut asked, path).ok()?;
            Some((mount, length))
        })
    }

    /// What a request belongs to, under whose mount point it lies from now on.
    pub fn enter(&self, exchange: &mut Exchange) -> Option<&T> {
        let (mount, length) = self.find(exchange, exchange.path())?;
        enter(exchange, length).then_some(mount.it())
    }
}

impl<T> Mount<T> {
    /// What is mounted.
    pub fn it(&self) -> &T {
        &self.it
    }

    /// The mount point: empty for everything, else beginning with `/` and not ending in it.
    pub fn path(&self) -> &str {
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

impl Expression {
    /// How much of the path of a request is the mount point, or why the request is not for this mount.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn takes(&self, exchange: &Exchange) -> Result<usize, Refusal> {
        self.reached(exchange, &mut None, exchange.path())
    }

    fn reached<'a>(
        &self,
        exchange: &'a Exchange,
        asked: &mut Option<Asked<'a>>,
        path: &str,
    ) -> Result<usize, Refusal> {
        if let Some(host) = &self.host
            && !is(asked.get_or_insert_with(|| Asked::by(exchange)), host)
        {
            return Err(Refusal::Host);
        }
        prefix(path, &self.path, self.below).ok_or_else(|| {
            let is_there = self.below && prefix(path, &self.path, false).is_some();
            if is_there { Refusal::NotBelow } else { Refusal::Path }
        })
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
