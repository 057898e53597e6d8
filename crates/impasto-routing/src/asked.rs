//! Which host and port a request asks for.

use http::header::HOST;
use http::uri::Scheme;
use impasto::Exchange;

/// The host and port of a request.
pub struct Asked<'a> {
    /// As it is written; an IPv6 address in its brackets. Empty where none is named.
    pub name: &'a str,
    /// `None` for one that is no number.
    pub port: Option<u16>,
}

impl<'a> Asked<'a> {
    /// As in RFC 9112, 3.3: the authority of the target goes before the `Host` header, and a port that
    /// is not given is that of the scheme.
    pub fn by(exchange: &'a Exchange) -> Asked<'a> {
        let header = || exchange.headers().get(HOST).and_then(|host| host.to_str().ok());
        let authority = exchange.uri().authority().map(|authority| authority.as_str());
        let (name, port) = split(authority.or_else(header).unwrap_or_default());
        let name = name.rsplit_once('@').map_or(name, |(_, name)| name);
        let port = match port {
            Some(port) if !port.is_empty() => port.parse().ok(),
            _ if exchange.connection().scheme == Scheme::HTTPS => Some(443),
            _ => Some(80),
        };
        Asked { name, port }
    }
}

/// A `Host` header or an authority as name and port. An IPv6 address keeps its brackets.
pub(crate) fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (authority, None),
    }
}
