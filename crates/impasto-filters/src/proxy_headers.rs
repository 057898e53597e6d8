mod names;

use std::ops::ControlFlow;

use http::{HeaderName, StatusCode};
use impasto::{Exchange, Filter, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::forwarded::Told;
use crate::forwarded::lines::{Line, Lines};
use crate::network::Networks;
use crate::oslo::Oslo;
use crate::text;
use names::is_forwarding;

/// Believes the proxies in front of the service, and nobody else, about who the client is.
///
/// From a trusted proxy, the client's address, the scheme, the host and the prefix that the client used
/// are taken over: filters and apps further in see them as if the client had come straight here. The
/// address is found from right to left, the first that is not itself trusted, so a client cannot put one
/// in front. Everything of that kind that is not to be believed is removed: all such headers
/// (`Forwarded`, `X-Forwarded-...`, `X-Real-IP` and their like, also spelled with `_`) of a client that is
/// not trusted, and from a trusted proxy those of a kind that is not read.
///
/// Proxies say it in `Forwarded` (RFC 7239) or in `X-Forwarded-...`, and pass on the other kind as the client sent
/// it: whoever reads both can be lied to. Which kind there is, is therefore found out, and a request in which both are and
/// do not say the same is refused with 400. `headers` names one kind, where proxies set both differently or the
/// requests of clients that send the other one are not to be refused.
///
/// It belongs at the beginning of a pipeline; `access_log` may stand outside.
///
/// ```ini
/// [filter:proxy_headers]
/// use = egg:impasto#proxy_headers
/// trusted = 127.0.0.1 ::1 10.0.0.0/8 unix
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct ProxyHeaders {
    /// The addresses and networks of the proxies, and `unix` for any that comes over a unix socket.
    /// By default there are none: all headers of this kind are removed.
    trusted: Vec<String>,
    /// Which headers the proxies set. Only these are read.
    headers: Kind,
    /// Of oslo.middleware: `false` trusts nobody. `true` trusts those in `trusted`, and nobody where none
    /// are named, which the log is told once; with oslo.middleware it meant to trust everybody, which
    /// `trusted = 0.0.0.0/0 ::/0 unix` says.
    enable_proxy_headers_parsing: Option<bool>,
    /// The project whose oslo.config file has more settings, in its section `[oslo_middleware]`: the first of
    /// `~/.PROJECT/PROJECT.conf`, `~/PROJECT.conf`, `/etc/PROJECT/PROJECT.conf` and `/etc/PROJECT.conf`
    /// that exists, if one does. What is set here, or in `[DEFAULT]`, goes before it.
    oslo_config_project: Option<String>,
    /// A program of the project; `PROGRAM.conf` is looked for in the same places, and goes before.
    oslo_config_program: Option<String>,
    /// The path of a file to read in place of all these. It has an effect only together with
    /// `oslo_config_project`, as with oslo.middleware.
    oslo_config_file: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Those that are there. Where both kinds are, they must say the same.
    #[default]
    Auto,
    /// `X-Forwarded-For`, `-Proto`, `-Host`, `-Port` and `-Prefix`.
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

register!("proxy_headers" => proxy_headers, for
    "oslo_middleware:HTTPProxyToWSGI.factory",
    "oslo_middleware.http_proxy_to_wsgi:HTTPProxyToWSGI.factory",
    "egg:oslo.middleware#http_proxy_to_wsgi",
    may answer,
    order [
        before "client-address": "it finds the address and the scheme that the other one decides by";
        once: "the second one would trust what the first has removed";
    ],
);

fn proxy_headers(settings: ProxyHeaders) -> anyhow::Result<Filter> {
    let oslo = Oslo {
        project: &settings.oslo_config_project,
        program: &settings.oslo_config_program,
        file: &settings.oslo_config_file,
    };
    let file: ProxyHeaders = oslo.group("oslo_middleware", &["enable_proxy_headers_parsing"])?;
    let enabled = settings.enable_proxy_headers_parsing.or(file.enable_proxy_headers_parsing);
    let kind = settings.headers;
    let mut trusted = Networks::of("trusted", &settings.trusted)?;
    match enabled {
        Some(false) => trusted = Networks::default(),
        Some(true) if trusted.is_empty() => {
            tracing::warn!(
                "`enable_proxy_headers_parsing` has no effect, since `trusted` names no proxy: headers \
                 of proxies are removed from all requests"
            );
        }
        _ => {}
    }
    Ok(Filter::on_request(move |exchange| {
        let Some(Heard { told, false_names }) = hear(kind, &trusted, exchange) else {
            return ControlFlow::Continue(());
        };
        for name in false_names {
            exchange.headers_mut().remove(name);
        }
        match told {
            Some(Ok(told)) => told.apply(exchange),
            Some(Err(Contradiction)) => return ControlFlow::Break(refusal()),
            None => {}
        }
        ControlFlow::Continue(())
    }))
}

/// `Forwarded` and `X-Forwarded-...` do not say the same.
struct Contradiction;

#[cold]
fn refusal() -> Response {
    text(StatusCode::BAD_REQUEST, "Forwarded and X-Forwarded contradict each other\n")
}

/// What the headers of proxies say.
struct Heard {
    /// If it is to be believed.
    told: Option<Result<Told, Contradiction>>,
    /// Of those that are not.
    false_names: Vec<HeaderName>,
}

/// `None` where there are no such headers.
fn hear(kind: Kind, trusted: &Networks, exchange: &Exchange) -> Option<Heard> {
    let headers = exchange.headers();
    let mut lines = Lines::new();
    for (name, value) in headers {
        if is_forwarding(name) {
            lines.push(Line::from((name, value)));
        }
    }
    if lines.is_empty() {
        return None;
    }
    let is_trusted = trusted.has_peer(exchange.connection().peer);
    let told = is_trusted.then(|| {
        let has = |kind: Kind| lines.iter().any(|line| kind.has(line.name));
        let x_forwarded = || Told::by_x_forwarded(&lines, trusted);
        let forwarded = || Told::by_forwarded(headers, trusted);
        match kind {
            Kind::Auto if has(Kind::Forwarded) && has(Kind::XForwarded) => {
                let told = x_forwarded();
                if told.is_like(&forwarded()) { Ok(told) } else { Err(Contradiction) }
            }
            Kind::Auto if has(Kind::Forwarded) => Ok(forwarded()),
            Kind::Auto | Kind::XForwarded => Ok(x_forwarded()),
            Kind::Forwarded => Ok(forwarded()),
        }
    });
    let is_false = |name: &&HeaderName| !(is_trusted && kind.has(name));
    let false_names = lines.iter().map(|line| line.name).filter(is_false).cloned().collect();
    Some(Heard { told, false_names })
}

impl Kind {
    fn has(self, name: &HeaderName) -> bool {
        match self {
            Kind::Auto => Kind::XForwarded.has(name) || Kind::Forwarded.has(name),
            Kind::XForwarded => name.as_str().starts_with("x-forwarded-"),
            Kind::Forwarded => name == http::header::FORWARDED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, wrap};
    use http::header::HOST;
    use impasto::{App, Body, Connection, Request, Response};
    use std::sync::Arc;

    /// What an app sees of a request that `peer` sent with these headers.
    async fn seen(
        settings: ProxyHeaders,
        peer: Option<[u8; 4]>,
        headers: &[(&str, &str)],
    ) -> String {
        let app = App::from_fn(async |exchange: &mut Exchange| {
            let connection = exchange.connection();
            let peer = connection.peer.map_or("unix".to_owned(), |peer| peer.ip().to_string());
            let host = exchange.headers()[HOST].to_str().unwrap();
            let mut text = format!("{peer} {}://{host}{}", connection.scheme, exchange.mount());
            let mut names: Vec<_> = exchange.headers().keys().filter(|it| **it != HOST).collect();
            names.sort_by_key(|name| name.as_str());
            names.into_iter().for_each(|name| text.extend([" ", name.as_str()]));
            Response::new(Body::from(text))
        });
        let app = wrap(proxy_headers(settings).unwrap(), app);
        let mut request: Request = get("/");
        request.headers_mut().insert(HOST, "inner:8080".parse().unwrap());
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let mut connection = Connection::default();
        connection.peer = peer.map(|peer| (peer, 41000).into());
        let response = app.handle(request, Some(Arc::new(connection))).await;
        String::from_utf8(response.body().as_bytes().unwrap().to_vec()).unwrap()
    }

    fn trusting(trusted: &str) -> ProxyHeaders {
        let trusted = trusted.split(' ').map(str::to_owned).collect();
        ProxyHeaders { trusted, ..ProxyHeaders::default() }
    }

    const TOLD: [(&str, &str); 4] = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "api.example"),
        ("x-forwarded-prefix", "/site"),
    ];

    #[tokio::test]
    async fn a_trusted_proxy_is_believed() {
        let kept = "x-forwarded-for x-forwarded-host x-forwarded-prefix x-forwarded-proto";
        let expected = format!("192.0.2.1 https://api.example/site {kept}");
        assert_eq!(seen(trusting("10.0.0.0/8"), Some([10, 0, 0, 1]), &TOLD).await, expected);
        assert_eq!(seen(trusting("unix"), None, &TOLD).await, expected);
    }

    #[tokio::test]
    async fn of_anybody_else_nothing_is_left() {
        let mut headers = TOLD.to_vec();
        headers.extend([
            ("forwarded", "for=1.1.1.1"),
            ("x-real-ip", "1.1.1.1"),
            ("X_Forwarded_For", "1.1.1.1"),
            ("x-forwarded_server", "1.1.1.1"),
            ("x_real_ip", "1.1.1.1"),
            ("client-ip", "1.1.1.1"),
            ("fastly-client-ip", "1.1.1.1"),
            ("forwarded-for", "1.1.1.1"),
            ("front-end-https", "on"),
            ("x-host", "evil.example"),
            ("x-remote-addr", "1.1.1.1"),
            ("remote_addr", "1.1.1.1"),
            ("range", "kept"),
            ("x-auth-token", "kept"),
            ("content-type", "kept"),
        ]);
        let expected = "203.0.113.9 http://inner:8080 content-type range x-auth-token";
        for settings in [ProxyHeaders::default(), trusting("10.0.0.0/8 unix")] {
            assert_eq!(seen(settings, Some([203, 0, 113, 9]), &headers).await, expected);
        }
        let settings =
            ProxyHeaders { enable_proxy_headers_parsing: Some(false), ..trusting("0.0.0.0/0") };
        assert_eq!(seen(settings, Some([203, 0, 113, 9]), &headers).await, expected);
    }

    #[tokio::test]
    async fn either_kind_is_read_where_it_is_the_only_one() {
        let peer = Some([10, 0, 0, 1]);
        for (headers, expected) in [
            (
                [("forwarded", "for=192.0.2.1;proto=https")],
                "192.0.2.1 https://inner:8080 forwarded",
            ),
            ([("x-forwarded-for", "192.0.2.1")], "192.0.2.1 http://inner:8080 x-forwarded-for"),
        ] {
            assert_eq!(seen(trusting("10.0.0.1"), peer, &headers).await, expected);
        }
    }

    #[tokio::test]
    async fn of_both_kinds_none_can_be_slipped_in_beside_the_other() {
        let peer = Some([10, 0, 0, 1]);
        let both = |line: &'static str, more: &[(&'static str, &'static str)]| {
            [&[("forwarded", line), ("x-forwarded-for", "192.0.2.1")], more].concat()
        };
        for contradiction in [
            both("for=1.1.1.1", &[]),
            both("for=192.0.2.1;proto=https", &[]),
            both("for=192.0.2.1;host=evil.example", &[]),
            both("for=192.0.2.1", &[("x-forwarded-host", "evil.example")]),
            both("for=192.0.2.1", &[("x-forwarded-prefix", "/evil")]),
            both("for=192.0.2.1", &[("x-forwarded-port", "1")]),
            both("nonsense", &[]),
        ] {
            let text = seen(trusting("10.0.0.1"), peer, &contradiction).await;
            assert!(text.starts_with("Forwarded and X-Forwarded contradict"), "{contradiction:?}");
            // Of one that is not trusted, there is nothing to contradict.
            let text = seen(trusting("10.0.0.1"), Some([203, 0, 113, 9]), &contradiction).await;
            assert_eq!(text, "203.0.113.9 http://inner:8080");
        }
        let same = both("for=\"192.0.2.1:4711\";proto=https", &[("x-forwarded-proto", "https")]);
        let expected = "192.0.2.1 https://inner:8080 forwarded x-forwarded-for x-forwarded-proto";
        assert_eq!(seen(trusting("10.0.0.1"), peer, &same).await, expected);
    }

    #[tokio::test]
    async fn the_headers_that_the_proxy_does_not_set_are_not_believed_either() {
        let headers = [("forwarded", "for=1.1.1.1;proto=https"), ("x-forwarded-for", "192.0.2.1")];
        let peer = Some([10, 0, 0, 1]);
        let expected = "192.0.2.1 http://inner:8080 x-forwarded-for";
        let settings = ProxyHeaders { headers: Kind::XForwarded, ..trusting("10.0.0.1") };
        assert_eq!(seen(settings, peer, &headers).await, expected);
        let settings = ProxyHeaders { headers: Kind::Forwarded, ..trusting("10.0.0.1") };
        assert_eq!(seen(settings, peer, &headers).await, "1.1.1.1 https://inner:8080 forwarded");
    }

    #[tokio::test]
    async fn a_port_is_told_beside_the_host() {
        let peer = Some([10, 0, 0, 1]);
        for (proto, port, expected) in [
            ("https", "8443", "10.0.0.1 https://api.example:8443"),
            ("https", "443", "10.0.0.1 https://api.example"),
            ("http", "443", "10.0.0.1 http://api.example:443"),
        ] {
            let headers = [
                ("x-forwarded-host", "api.example"),
                ("x-forwarded-proto", proto),
                ("x-forwarded-port", port),
            ];
            let text = seen(trusting("10.0.0.1"), peer, &headers).await;
            assert!(text.starts_with(&format!("{expected} ")), "{text}");
        }
    }

    #[tokio::test]
    async fn to_trust_without_saying_whom_trusts_nobody() {
        let settings =
            || ProxyHeaders { enable_proxy_headers_parsing: Some(true), ..ProxyHeaders::default() };
        let expected = "203.0.113.9 http://inner:8080";
        assert_eq!(seen(settings(), Some([203, 0, 113, 9]), &TOLD).await, expected);
        assert_eq!(seen(settings(), None, &TOLD).await, "unix http://inner:8080");
        assert!(proxy_headers(trusting("nowhere")).is_err());
    }
}
