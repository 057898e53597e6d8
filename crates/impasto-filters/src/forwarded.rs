//! What proxies say of the request that came to them.

mod element;
pub(crate) mod lines;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::header::{FORWARDED, HOST};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderValue, Uri};
use impasto::{Connection, Exchange};

use crate::network::Networks;
use lines::{Field, Line};

/// The client's side of a request, as far as trusted proxies told.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Told {
    pub(crate) client: Option<SocketAddr>,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) host: Option<Authority>,
    pub(crate) port: Option<u16>,
    pub(crate) prefix: Option<String>,
}

impl Told {
    /// Reads `X-Forwarded-For`, `-Proto`, `-Host`, `-Port` and `-Prefix` out of these.
    pub(crate) fn by_x_forwarded(lines: &[Line<'_>], trusted: &Networks) -> Told {
        let (client, depth) = client(lines::items(lines, Field::For).map(node), trusted);
        // Each proxy added one; one that was set once holds for the whole way.
        let told = |field| match lines.iter().any(|line| line.is(field)) {
            true => lines::items(lines, field).take(depth).last(),
            false => None,
        };
        Told {
            client,
            scheme: told(Field::Proto).and_then(scheme),
            host: told(Field::Host).and_then(authority),
            port: told(Field::Port).and_then(|port| port.parse().ok()),
            prefix: told(Field::Prefix).filter(|it| is_prefix(it)).map(str::to_owned),
        }
    }

    /// Reads `Forwarded` (RFC 7239).
    pub(crate) fn by_forwarded(headers: &HeaderMap, trusted: &Networks) -> Told {
        let lines = headers.get_all(FORWARDED).iter().map(|line| line.to_str().unwrap_or("?"));
        let elements: Vec<_> = lines.flat_map(element::read).collect();
        let nodes = elements.iter().rev().map(|it| it.node.as_deref().and_then(node));
        let (client, depth) = client(nodes, trusted);
        let Some(element) = elements.get(elements.len().saturating_sub(depth)) else {
            return Told::default();
        };
        Told {
            client,
            scheme: element.proto.as_deref().and_then(scheme),
            host: element.host.as_deref().and_then(authority),
            ..Told::default()
        }
    }

    /// Whether both are told the same. One may know the client's port and the other not.
    pub(crate) fn is_like(&self, other: &Told) -> bool {
        let bare = |told: &Told| told.client.map(|client| client.ip());
        let rest = |told: &Told| (told.scheme.clone(), told.host.clone(), told.port);
        bare(self) == bare(other) && rest(self) == rest(other) && self.prefix == other.prefix
    }

    /// Makes it what the filters and the app further in see.
    pub(crate) fn apply(self, exchange: &mut Exchange) {
        let Told { client, scheme, host, port, prefix } = self;
        if client.is_some() || scheme.is_some() {
            let mut connection = Connection::clone(exchange.connection());
            connection.peer = client.or(connection.peer);
            connection.scheme = scheme.unwrap_or(connection.scheme);
            exchange.set_connection(Arc::new(connection));
        }
        if host.is_some() || port.is_some() {
            let host = host.or_else(|| current_host(exchange));
            if let Some(host) = host {
                let usual = usual_port(&exchange.connection().scheme);
                let port = host.port_u16().or(port).filter(|port| Some(*port) != usual);
                set_host(exchange, host.host(), port);
            }
        }
        if let Some(prefix) = prefix {
            exchange.set_script_name(&prefix);
        }
    }
}

/// The port that a URL need not name.
fn usual_port(scheme: &Scheme) -> Option<u16> {
    match scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// The host and port that the client asked for, as far as is known.
pub(crate) fn current_host(exchange: &Exchange) -> Option<Authority> {
    let host = exchange.headers().get(HOST).and_then(|host| authority(host.to_str().ok()?));
    host.or_else(|| exchange.uri().authority().cloned())
}

/// Replaces the host that the client asked for.
pub(crate) fn set_host(exchange: &mut Exchange, host: &str, port: Option<u16>) {
    let text = match port {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let Ok(value) = HeaderValue::try_from(&text) else { return };
    exchange.headers_mut().insert(HOST, value);
    // In HTTP/2 the host is in the URI.
    if exchange.uri().authority().is_some() {
        let mut parts = exchange.uri().clone().into_parts();
        parts.authority = text.parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            exchange.set_uri(uri);
        }
    }
}

/// Goes from the proxy that is nearest to the first address that is not trusted, or as far as addresses
/// can be read. Also says how many proxies that is.
fn client(
    nodes: impl Iterator<Item = Option<SocketAddr>>,
    trusted: &Networks,
) -> (Option<SocketAddr>, usize) {
    let (mut client, mut depth) = (None, 0);
    for node in nodes.map_while(|node| node) {
        client = Some(node);
        depth += 1;
        if !trusted.has(node.ip()) {
            break;
        }
    }
    (client, depth.max(1))
}

/// An address, with a port or without: then the port is 0.
fn node(text: &str) -> Option<SocketAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().map(|address| SocketAddr::new(address, 0));
    let address = address.or_else(|_| text.parse::<SocketAddr>()).ok()?;
    Some(SocketAddr::new(address.ip().to_canonical(), address.port()))
}

pub(crate) fn scheme(text: &str) -> Option<Scheme> {
    match text {
        _ if text.eq_ignore_ascii_case("http") => Some(Scheme::HTTP),
        _ if text.eq_ignore_ascii_case("https") => Some(Scheme::HTTPS),
        _ => None,
    }
}

pub(crate) fn authority(text: &str) -> Option<Authority> {
    let authority: Authority = text.parse().ok()?;
    let (text, host) = (authority.as_str(), authority.host());
    let is_whole = !host.is_empty() && (text == host || authority.port_u16().is_some());
    (is_whole && !text.contains('@')).then_some(authority)
}

/// Whether a text can stand in front of paths. Two slashes would make a redirect lead to another host.
pub(crate) fn is_prefix(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"?#\"<>\\^`{|}".contains(&byte);
    text.starts_with('/') && !text.starts_with("//") && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn trusted() -> Networks {
        Networks::of("trusted", &["10.0.0.0/8".to_owned(), "::1".to_owned()]).unwrap()
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        let mut headers = HeaderMap::new();
        lines.iter().map(pair).for_each(|(name, value)| {
            headers.append(name, value);
        });
        headers
    }

    fn client_of(lines: &[&str]) -> Option<String> {
        let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        let told = Told::by_x_forwarded(&lines::all(&headers(&lines)), &trusted());
        told.client.map(|client| client.to_string())
    }

    #[test]
    fn the_client_is_the_first_from_the_right_that_is_not_trusted() {
        for (lines, client) in [
            (&["192.0.2.1"][..], "192.0.2.1:0"),
            (&["1.1.1.1, 192.0.2.1, 10.0.0.1"], "192.0.2.1:0"),
            (&["1.1.1.1", "192.0.2.1:4711,10.0.0.1", "::1"], "192.0.2.1:4711"),
            (&["10.0.0.2, 10.0.0.1"], "10.0.0.2:0"),
            (&["192.0.2.1, unknown, 10.0.0.1"], "10.0.0.1:0"),
            (&["[2001:db8::1]:80"], "[2001:db8::1]:80"),
            (&["::ffff:192.0.2.1"], "192.0.2.1:0"),
        ] {
            assert_eq!(client_of(lines).as_deref(), Some(client), "{lines:?}");
        }
        assert_eq!(client_of(&[]), None);
        assert_eq!(client_of(&["192.0.2.1, nonsense"]), None);
    }

    #[test]
    fn the_rest_is_told_by_the_proxy_that_saw_the_client() {
        let told = |proto: &str| {
            let lines =
                [("x-forwarded-for", "9.9.9.9, 192.0.2.1, 10.0.0.1"), ("x-forwarded-proto", proto)];
            Told::by_x_forwarded(&lines::all(&headers(&lines)), &trusted()).scheme
        };
        assert_eq!(told("http, https, http"), Some(Scheme::HTTPS));
        assert_eq!(told("https"), Some(Scheme::HTTPS));
        assert_eq!(told("gopher"), None);
    }

    #[test]
    fn forwarded_elements_are_walked_alike() {
        let line =
            r#"for=9.9.9.9;proto=http, for="[2001:db8::7]:4711";Proto=HTTPS;host="a.example:8443""#;
        let told = Told::by_forwarded(
            &headers(&[("forwarded", line), ("forwarded", "for=10.0.0.9;proto=http;by=_x")]),
            &trusted(),
        );
        let expected = Told {
            client: Some("[2001:db8::7]:4711".parse().unwrap()),
            scheme: Some(Scheme::HTTPS),
            host: Some("a.example:8443".parse().unwrap()),
            ..Told::default()
        };
        assert_eq!(told, expected);
        let hidden = headers(&[("forwarded", "for=_hidden;proto=https")]);
        assert_eq!(Told::by_forwarded(&hidden, &trusted()).client, None);
        assert_eq!(Told::by_forwarded(&HeaderMap::new(), &trusted()), Told::default());
    }

    #[test]
    fn what_cannot_be_a_host_or_a_prefix_is_not_taken() {
        for text in ["", "a b", "u@a.example", "a/b", "a.example:x"] {
            assert_eq!(authority(text), None, "{text}");
        }
        for text in ["", "a", "//evil.example", "/a?b", "/a\\b", "/a b", "/é"] {
            assert!(!is_prefix(text), "{text}");
        }
        assert!(is_prefix("/") && is_prefix("/a/b%20c"));
    }
}
