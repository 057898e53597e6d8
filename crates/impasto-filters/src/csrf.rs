use std::ops::ControlFlow;

use http::header::{HOST, ORIGIN};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::origin::origin;
use crate::paths::{is_below, leads_up};
use crate::text;

/// Refuses what a page of another site makes a browser send (cross-site request forgery), with 403.
///
/// Browsers say where a request comes from, and a page cannot make them lie: in `Sec-Fetch-Site`, and older
/// ones in `Origin`, which must then name the host that was asked. A request with neither is no browser's and
/// passes, and so does a `GET`, `HEAD` or `OPTIONS`, which must change nothing. There are no tokens and no
/// state; the scheme is that of Go's `CrossOriginProtection`.
///
/// It belongs outside of the app and inside `cors`, which answers preflights. A proxy in front must pass on
/// `Host` and `Origin` as they came. Sites that `cors` allows to send cookies are to be trusted here too.
///
/// ```ini
/// [filter:csrf]
/// use = egg:impasto#csrf
/// trusted_origins = https://admin.example.org
/// exempt_paths = /webhooks
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Csrf {
    /// Other sites whose pages may send anything, as `https://host` or `https://host:port`.
    trusted_origins: Vec<String>,
    /// Paths below the mount point, and all that is below them, that any page may send anything to.
    exempt_paths: Vec<String>,
}

register!("csrf" => csrf, may answer);

// Not tower-http's layer, whose scheme is the same: it moves every request, also those with nothing to check.
fn csrf(settings: Csrf) -> anyhow::Result<Filter> {
    let trusted = settings.trusted_origins.iter().map(|text| origin("trusted_origins", text));
    let exempt = settings.exempt_paths.iter().map(|path| match path.starts_with('/') {
        true => Ok(path.trim_end_matches('/').to_owned()),
        false => {
            Err(SettingError::new("exempt_paths", format!("{path:?} does not begin with a `/`")))
        }
    });
    Ok(Filter::hook(Guard {
        trusted: trusted.collect::<Result<_, _>>()?,
        exempt: exempt.collect::<Result<_, _>>()?,
    }))
}

struct Guard {
    trusted: Vec<HeaderValue>,
    /// Without a `/` at their ends.
    exempt: Vec<String>,
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Hook for Guard {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(exchange.method());
        match is_safe || self.is_own(exchange) || self.is_exempt(exchange.path()) {
            true => ControlFlow::Continue(()),
            false => {
                let words = "A page of another site may not send this.\n";
                ControlFlow::Break(text::text(StatusCode::FORBIDDEN, words))
            }
        }
    }
}

impl Guard {
    /// Whether no page of another site has sent this, or one that is trusted.
    fn is_own(&self, exchange: &Exchange) -> bool {
        let headers = exchange.headers();
        let origin = headers.get(ORIGIN);
        if origin.is_some_and(|origin| self.trusted.contains(origin)) {
            return true;
        }
        match headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes) {
            Some(site) => site == b"same-origin" || site == b"none",
            None => origin.is_none_or(|origin| is_of_host(origin, exchange)),
        }
    }

    fn is_exempt(&self, path: &str) -> bool {
        self.exempt.iter().any(|exempt| is_below(exempt, path)) && !leads_up(path)
    }
}

/// Whether an origin is at the host that the request names. Its scheme is not compared: behind a proxy that
/// ends TLS nobody knows what it should be.
fn is_of_host(origin: &HeaderValue, exchange: &Exchange) -> bool {
    let host = match exchange.uri().authority() {
        Some(authority) => Some(authority.as_str().as_bytes()),
        None => exchange.headers().get(HOST).map(HeaderValue::as_bytes),
    };
    let origin = origin.as_bytes();
    let at = ["https://", "http://"].iter().find_map(|start| origin.strip_prefix(start.as_bytes()));
    at.zip(host).is_some_and(|(at, host)| at.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{send, settings, with_body, wrap};
    use impasto::App;

    fn app() -> App {
        let options =
            [("trusted_origins", "https://Friend.example"), ("exempt_paths", "/hooks/ /in")];
        let app = App::at_once(|_: &mut Exchange| Response::new("done".into()));
        wrap(csrf(settings(&options)).unwrap(), app)
    }

    async fn status(method: &str, uri: &str, headers: &[(&'static str, &str)]) -> u16 {
        let mut request = with_body(method, uri, "");
        for (name, value) in [("host", "own.example:8080")].iter().chain(headers) {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        send(&app(), request).await.status().as_u16()
    }

    #[tokio::test]
    async fn only_pages_of_other_sites_are_refused() {
        let (site, origin) = ("sec-fetch-site", "origin");
        for (headers, expected) in [
            (&[][..], 200),
            (&[(site, "same-origin")], 200),
            (&[(site, "none")], 200),
            (&[(site, "same-site")], 403),
            (&[(site, "cross-site")], 403),
            (&[(site, "")], 403),
            (&[(site, "cross-site"), (origin, "https://own.example:8080")], 403),
            (&[(site, "cross-site"), (origin, "https://friend.example")], 200),
            (&[(origin, "https://friend.example")], 200),
            (&[(origin, "http://friend.example")], 403),
            (&[(origin, "https://friend.example:8443")], 403),
            (&[(origin, "http://own.example:8080")], 200),
            (&[(origin, "https://OWN.example:8080")], 200),
            (&[(origin, "https://own.example")], 403),
            (&[(origin, "https://own.example:8080.evil.example")], 403),
            (&[(origin, "https://evil.example")], 403),
            (&[(origin, "null")], 403),
            (&[(origin, "")], 403),
        ] {
            for method in ["POST", "PUT", "DELETE", "PATCH", "BREW"] {
                assert_eq!(status(method, "/x", headers).await, expected, "{method} {headers:?}");
            }
            for method in ["GET", "HEAD", "OPTIONS"] {
                assert_eq!(status(method, "/x", headers).await, 200, "{method} {headers:?}");
            }
        }
    }

    #[tokio::test]
    async fn the_host_of_http_2_stands_in_the_uri() {
        let own = [("origin", "https://in.uri")];
        assert_eq!(status("POST", "https://in.uri/x", &own).await, 200);
        assert_eq!(
            status("POST", "https://in.uri/x", &[("origin", "https://own.example:8080")]).await,
            403
        );
    }

    #[tokio::test]
    async fn some_paths_are_for_everybody() {
        let foreign = [("sec-fetch-site", "cross-site")];
        for (uri, expected) in [
            ("/hooks", 200),
            ("/hooks/", 200),
            ("/hooks/x?y", 200),
            ("/in", 200),
            ("/hooksx", 403),
            ("/index", 403),
            ("/x/hooks", 403),
            ("/", 403),
        ] {
            assert_eq!(status("POST", uri, &foreign).await, expected, "{uri}");
        }
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |options: &[(&str, &str)]| csrf(settings(options)).unwrap_err().to_string();
        let path = "`exempt_paths`: \"hooks\" does not begin with a `/`";
        assert_eq!(wrong(&[("exempt_paths", "hooks")]), path);
        let error = wrong(&[("trusted_origins", "friend.example")]);
        assert!(
            error.starts_with("`trusted_origins`: \"friend.example\" is not an origin"),
            "{error}"
        );
    }
}
