//! The filter of the same name.

use std::fmt::Write;
use std::ops::ControlFlow;

use http::HeaderMap;
use impasto::{Exchange, Filter, Hook, Response, Value, register};
use schemars::JsonSchema;
use serde::Deserialize;

/// Writes the heads of requests and responses to the log, without their secrets.
///
/// What a request looks like where this filter stands, and what came back, at the level `info`: method, target,
/// version, client and headers, then status and headers. Values of headers and of parameters in the query are
/// masked where the name speaks of a secret (`Authorization`, `Cookie`, `X-Auth-Token`, `api_key`,
/// `signature` and their like), or is in `mask`. Bodies are not shown; they are full of secrets whose names
/// nobody knows.
///
/// It belongs wherever you want to look, also twice in a pipeline: what a filter between them does is the
/// difference.
///
/// ```ini
/// [pipeline:main]
/// pipeline = outside prefix inside app
///
/// [filter:outside]
/// use = egg:impasto#debug
/// mask = X-Customer
///
/// [filter:prefix]
/// use = egg:impasto#prefix
/// prefix = /api
///
/// [filter:inside]
/// use = outside
///
/// [app:app]
/// use = egg:impasto#debug
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Dump {
    /// More names of headers and parameters whose values are masked. None by default.
    mask: Vec<String>,
    /// Of oslo.config, whose files have no settings for this filter: accepted, and without effect.
    oslo_config_project: Option<String>,
    /// Of oslo.config; without effect.
    oslo_config_program: Option<String>,
    /// Of oslo.config; without effect.
    oslo_config_file: Option<String>,
}

register!("debug" => debug, for
    "oslo_middleware:Debug.factory",
    "oslo_middleware.debug:Debug.factory",
    "egg:oslo.middleware#debug",
    "keystone.common.wsgi:Debug.factory",
);

fn debug(settings: Dump) -> Filter {
    let masked = settings.mask.iter().map(|name| name.to_ascii_lowercase()).collect();
    Filter::hook(Dumper { masked })
}

struct Dumper {
    /// In lower case.
    masked: Vec<String>,
}

impl Hook for Dumper {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        if tracing::enabled!(tracing::Level::INFO) {
            let head = self.request(exchange);
            tracing::info!(%head, "request");
        }
        ControlFlow::Continue(())
    }

    fn on_response(&self, _: &mut Exchange, (): (), response: &mut Response) {
        if tracing::enabled!(tracing::Level::INFO) {
            let mut head = response.status().to_string();
            self.headers(response.headers(), &mut head);
            tracing::info!(%head, "response");
        }
    }
}

impl Dumper {
    fn request(&self, exchange: &Exchange) -> String {
        let mut head = format!("{} {}{}", exchange.method(), exchange.mount(), exchange.path());
        if let Some(query) = exchange.query() {
            head.push('?');
            self.query(query, &mut head);
        }
        // Writing to a text does not fail, here and below.
        let _ = write!(head, " {:?}", exchange.version());
        if let Some(peer) = exchange.connection().peer {
            let _ = write!(head, " from {peer}");
        }
        self.headers(exchange.headers(), &mut head);
        head
    }

    fn query(&self, query: &str, head: &mut String) {
        for (position, parameter) in query.split('&').enumerate() {
            if position > 0 {
                head.push('&');
            }
            match parameter.split_once('=') {
                Some((name, _)) if self.masks(name) => {
                    let _ = write!(head, "{name}={}", Value::MASK);
                }
                _ => head.push_str(parameter),
            }
        }
    }

    fn headers(&self, headers: &HeaderMap, head: &mut String) {
        for (name, value) in headers {
            // What would break a line is escaped.
            let _ = match value.is_sensitive() || self.masks(name.as_str()) {
                true => write!(head, "; {name}: {}", Value::MASK),
                false => write!(head, "; {name}: {}", value.as_bytes().escape_ascii()),
            };
        }
    }

    fn masks(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase().replace('_', "-");
        SECRETS.iter().any(|word| name.contains(word))
            || self.masked.iter().any(|own| own.replace('_', "-") == name)
    }
}

/// What names of secrets have in them, with `-` for `_`.
const SECRETS: [&str; 13] = [
    "authorization",
    "cookie",
    "token",
    "secret",
    "password",
    "passwd",
    "credential",
    "signature",
    "session",
    "api-key",
    "apikey",
    "access-key",
    "-sig",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, named, send, wrap};

    fn dumper() -> Dumper {
        Dumper { masked: vec!["x-customer".to_owned()] }
    }

    fn shown(uri: &str, headers: &[(&'static str, &str)]) -> String {
        let mut request = get(uri);
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        dumper().request(&Exchange::new(request, None))
    }

    #[test]
    fn a_head_is_one_line() {
        let headers = [("host", "a"), ("x-a", "1"), ("x-a", "\u{e9}\t2")];
        assert_eq!(
            shown("/x%0Ay?z=1", &headers),
            "GET /x%0Ay?z=1 HTTP/1.1; host: a; x-a: 1; x-a: \\xc3\\xa9\\t2"
        );
    }

    #[test]
    fn no_secret_is_shown() {
        for name in [
            "authorization",
            "proxy-authorization",
            "cookie",
            "set-cookie",
            "x-auth-token",
            "x-subject-token",
            "x-api-key",
            "x_api_key",
            "x-amz-signature",
            "x-customer",
            "x-user-password",
        ] {
            let shown = shown("/", &[(name, "hunter2")]);
            assert_eq!(shown, format!("GET / HTTP/1.1; {name}: ********"));
        }
        for name in ["token", "access_token", "API_KEY", "temp_url_sig", "X-Amz-Signature"] {
            let shown = shown(&format!("/?a=1&{name}=hunter2&b"), &[]);
            assert_eq!(
                shown,
                format!("GET /?a=1&{name}=******** HTTP/1.1").replace(" HTTP", "&b HTTP")
            );
        }
    }

    #[test]
    fn what_somebody_called_sensitive_is_masked() {
        let mut headers = HeaderMap::new();
        let mut value = http::HeaderValue::from_static("hunter2");
        value.set_sensitive(true);
        headers.insert("x-plain", value);
        let mut head = String::new();
        dumper().headers(&headers, &mut head);
        assert_eq!(head, "; x-plain: ********");
    }

    #[test]
    fn the_settings_that_all_of_oslos_filters_have_are_accepted() {
        let file = "[filter-app:main]\nuse = egg:oslo.middleware#debug\nnext = app\n\
                    oslo_config_project = nova\noslo_config_program = api\n\
                    oslo_config_file = /etc/nova/nova.conf\n[app:app]\nuse = egg:impasto#respond\n";
        crate::testing::load(file).unwrap();
    }

    #[tokio::test]
    async fn the_answer_is_the_apps() {
        let app = wrap(debug(Dump::default()), named("app"));
        assert_eq!(send(&app, get("/x")).await.body().as_bytes(), Some(&b"app |/x"[..]));
    }
}
