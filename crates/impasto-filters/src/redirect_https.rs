use std::ops::ControlFlow;

use http::StatusCode;
use http::uri::{Authority, Scheme};
use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::forwarded::{authority, current_host};
use crate::location::{self, Elsewhere};
use crate::paths::Paths;
use crate::text;

/// Sends clients that came over http to the same address over https.
///
/// What the client sent has crossed the network in the clear by then; the header
/// `Strict-Transport-Security` of `secure_headers` keeps browsers from doing so again. The host is the one
/// that the request names, unless `host` is given. Behind a proxy that does the encryption,
/// `proxy_headers` has to stand outside, or all requests seem to come over http and are sent round in
/// circles.
///
/// It belongs at the beginning of a pipeline, inside `access_log` and `proxy_headers`.
///
/// ```ini
/// [filter:redirect_https]
/// use = egg:impasto#redirect_https
/// exempt_paths = /healthcheck /.well-known/acme-challenge
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct RedirectHttps {
    /// The host to send clients to, if it is not the one that they asked for.
    host: Option<String>,
    /// The port at which https is spoken. 443 by default.
    #[schemars(range(min = 1, max = 65535))]
    port: u16,
    /// The status: 301 or 308 for ever, 302, 303 or 307 for now; 307 and 308 keep the method.
    status: Elsewhere,
    /// Paths, and all that is below them, that may be asked for over http; with their mount point.
    exempt_paths: Vec<String>,
}

impl Default for RedirectHttps {
    fn default() -> RedirectHttps {
        RedirectHttps {
            host: None,
            port: 443,
            status: Elsewhere::PermanentRedirect,
            exempt_paths: Vec::new(),
        }
    }
}

register!("redirect_https" => redirect_https,
    is "client-address",
    may answer,
    order [
        before "authentication": "credentials would be asked for in the clear";
    ],
);

fn redirect_https(settings: RedirectHttps) -> anyhow::Result<Filter> {
    let host = settings.host.as_deref().map(|text| match authority(text.trim()) {
        Some(host) if host.port().is_none() => Ok(host),
        _ => {
            let error = SettingError::new("host", format!("{text:?} is not the name of a host"));
            Err(error.help("the port has a setting of its own"))
        }
    });
    Ok(Filter::hook(Https {
        host: host.transpose()?,
        port: Some(settings.port).filter(|port| *port != 443),
        status: settings.status.code(),
        exempt: Paths::of("exempt_paths", &settings.exempt_paths)?,
    }))
}

struct Https {
    host: Option<Authority>,
    /// `None` for the usual one.
    port: Option<u16>,
    status: StatusCode,
    exempt: Paths,
}

impl Hook for Https {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        match exchange.connection().scheme == Scheme::HTTPS || self.exempt.have(exchange) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(self.redirect(exchange)),
        }
    }
}

impl Https {
    #[cold]
    fn redirect(&self, exchange: &Exchange) -> Response {
        let Some(host) = self.host.clone().or_else(|| current_host(exchange)) else {
            let words = "The request does not name the host that it is for.\n";
            return text(StatusCode::BAD_REQUEST, words);
        };
        let mut location = format!("https://{}", host.host());
        if let Some(port) = self.port {
            location.push_str(&format!(":{port}"));
        }
        location.push_str(&exchange.mount());
        // The target of a CONNECT is no path, nor is `*`.
        if exchange.path().starts_with('/') {
            location.push_str(exchange.path());
        }
        if let Some(query) = exchange.query() {
            location.push('?');
            location.push_str(query);
        }
        location::answer(self.status, &location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, named, send, settings, wrap};
    use http::HeaderValue;
    use http::header::{HOST, LOCATION};
    use impasto::{App, Connection};
    use std::sync::Arc;

    fn app(options: &[(&str, &str)]) -> App {
        wrap(redirect_https(settings(options)).unwrap(), named("app"))
    }

    async fn location(app: &App, host: &'static str, uri: &str) -> String {
        let mut request = get(uri);
        request.headers_mut().insert(HOST, HeaderValue::from_static(host));
        let response = send(app, request).await;
        assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
        response.headers()[LOCATION].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn the_same_address_is_asked_for_over_https() {
        let usual = app(&[]);
        for (host, uri, to) in [
            ("a.example", "/x%20y?z=//", "https://a.example/x%20y?z=//"),
            ("a.example:8080", "/", "https://a.example/"),
            ("[::1]:8080", "//evil.example", "https://[::1]//evil.example"),
            ("a.example", "http://b.example/x", "https://a.example/x"),
        ] {
            assert_eq!(location(&usual, host, uri).await, to);
        }
        let other = app(&[("host", "b.example"), ("port", "8443")]);
        assert_eq!(location(&other, "a.example", "/x").await, "https://b.example:8443/x");
    }

    #[tokio::test]
    async fn what_came_over_https_passes() {
        let mut connection = Connection::default();
        connection.scheme = Scheme::HTTPS;
        let response = app(&[]).handle(get("/"), Some(Arc::new(connection))).await;
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn some_paths_may_be_asked_for_over_http() {
        let app = app(&[("exempt_paths", "/health")]);
        for (uri, status) in [("/health", 200), ("/health/x", 200), ("/healthy", 400)] {
            assert_eq!(send(&app, get(uri)).await.status(), status, "{uri}");
        }
    }

    #[tokio::test]
    async fn a_request_without_a_host_cannot_be_sent_anywhere() {
        for host in [None, Some("a b"), Some("u@a.example")] {
            let mut request = get("/");
            if let Some(host) = host {
                request.headers_mut().insert(HOST, HeaderValue::from_static(host));
            }
            assert_eq!(send(&app(&[]), request).await.status(), StatusCode::BAD_REQUEST);
        }
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |key, text| redirect_https(settings(&[(key, text)])).unwrap_err().to_string();
        assert_eq!(
            wrong("host", "a.example:1"),
            "`host`: \"a.example:1\" is not the name of a host"
        );
        assert_eq!(wrong("exempt_paths", "x"), "`exempt_paths`: \"x\" does not begin with a `/`");
        let refused = |key, text| crate::testing::refused::<RedirectHttps>(&[(key, text)]);
        let error = "`port` must be a whole number from 1 to 65535, not `0`";
        assert_eq!(refused("port", "0"), error);
        let error = "`status` must be one of `301`, `302`, `303`, `307`, `308`, not `300`";
        assert_eq!(refused("status", "300"), error);
    }
}
