//! Requests that are given another path.

use http::Uri;
use http::uri::PathAndQuery;
use impasto::Exchange;

/// Whether there is a path below the mount point to change: there is none in the target of a `CONNECT`, or
/// in `*`.
pub(crate) fn has_path(exchange: &Exchange) -> bool {
    let path = exchange.path();
    (path.is_empty() || path.starts_with('/')) && !exchange.uri().path().is_empty()
}

/// The URI of the request with another path below the mount point, and with the query that follows it there or with
/// none. `None` where no URI can have such a path.
pub(crate) fn at(exchange: &Exchange, new: &str) -> Option<Uri> {
    let uri = exchange.uri();
    let mount = uri.path().strip_suffix(exchange.path())?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{mount}{new}")).ok()?);
    Uri::from_parts(parts).ok()
}

/// The URI of the request with another path below the mount point. A `?` in it begins another query. `None`
/// where no URI can have such a path.
pub(crate) fn with_path(exchange: &Exchange, new: &str) -> Option<Uri> {
    let uri = exchange.uri();
    let mount = uri.path().strip_suffix(exchange.path())?;
    let slash = if new.starts_with('/') { "" } else { "/" };
    let target = match uri.query().filter(|_| !new.contains('?')) {
        Some(query) => format!("{mount}{slash}{new}?{query}"),
        None => format!("{mount}{slash}{new}"),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(target).ok()?);
    Uri::from_parts(parts).ok()
}
