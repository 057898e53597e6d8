use std::ops::ControlFlow;

use http::header::Entry;
use http::{HeaderMap, HeaderName};
use impasto::{Exchange, Filter, Hook, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::header_map;

/// Marks headers as secrets, for whatever handles them further on.
///
/// A header of an answer that is marked is never put into the tables by which HTTP/2 shortens headers (RFC
/// 7541, 7.1.3), from which its value could be guessed. Of one that is marked, tower's layers and whatever else
/// logs with `Debug` write `Sensitive`, and the filter `debug` a mask. Nobody else is kept from reading it.
///
/// It belongs at the beginning of a pipeline, outside of what logs headers: requests are marked for what is
/// further in, answers for what is further out.
///
/// ```ini
/// [filter:sensitive_headers]
/// use = egg:impasto#sensitive_headers
/// request = Authorization X-Auth-Token
/// response = Set-Cookie X-Subject-Token
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct SensitiveHeaders {
    /// The headers of requests. By default `Authorization Proxy-Authorization Cookie X-Auth-Token
    /// X-Service-Token`.
    request: Vec<String>,
    /// The headers of answers. By default `Set-Cookie X-Subject-Token`.
    response: Vec<String>,
}

impl Default for SensitiveHeaders {
    fn default() -> SensitiveHeaders {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        SensitiveHeaders {
            request: own(&[
                "Authorization",
                "Proxy-Authorization",
                "Cookie",
                "X-Auth-Token",
                "X-Service-Token",
            ]),
            response: own(&["Set-Cookie", "X-Subject-Token"]),
        }
    }
}

register!("sensitive_headers" => sensitive_headers,
    order [
        before "debug": "it would log what is marked in requests";
    ],
);

// Not tower-http's layers: they move every request.
fn sensitive_headers(settings: SensitiveHeaders) -> anyhow::Result<Filter> {
    let names = |key: &str, items: &[String]| {
        items.iter().map(|item| header_map::named(key, item)).collect::<Result<Vec<_>, _>>()
    };
    Ok(Filter::hook(Marks {
        request: names("request", &settings.request)?,
        response: names("response", &settings.response)?,
    }))
}

struct Marks {
    request: Vec<HeaderName>,
    response: Vec<HeaderName>,
}

impl Hook for Marks {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        mark(exchange.headers_mut(), &self.request);
        ControlFlow::Continue(())
    }

    fn on_response(&self, _: &mut Exchange, (): (), response: &mut Response) {
        mark(response.headers_mut(), &self.response);
    }
}

fn mark(headers: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        // An entry of a name that is not there makes room for it.
        if !headers.contains_key(name) {
            continue;
        }
        if let Entry::Occupied(mut values) = headers.entry(name) {
            values.iter_mut().for_each(|value| value.set_sensitive(true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, settings, wrap};
    use http::HeaderValue;
    use impasto::{App, Body};

    fn sensitive(headers: &HeaderMap) -> String {
        let marked = headers.iter().filter(|(_, value)| value.is_sensitive());
        marked.map(|(name, value)| format!("{name}={} ", value.to_str().unwrap())).collect()
    }

    /// What of requests, and of answers, is marked.
    async fn marked(options: &[(&str, &str)]) -> (String, String) {
        let app = App::at_once(|exchange: &mut Exchange| {
            let mut response = Response::new(Body::from(sensitive(exchange.headers())));
            for (name, value) in [("set-cookie", "a"), ("set-cookie", "b"), ("x-own", "c")] {
                response.headers_mut().append(name, HeaderValue::from_static(value));
            }
            response
        });
        let app = wrap(sensitive_headers(settings(options)).unwrap(), app);
        let mut request = get("/");
        for (name, value) in [("authorization", "t"), ("x-own", "1"), ("x-own", "2"), ("a", "b")] {
            request.headers_mut().append(name, HeaderValue::from_static(value));
        }
        let response = send(&app, request).await;
        let seen = std::str::from_utf8(response.body().as_bytes().unwrap()).unwrap().to_owned();
        (seen, sensitive(response.headers()))
    }

    #[tokio::test]
    async fn every_value_of_a_named_header_is_marked() {
        let named = [("request", "X-Own"), ("response", "x-own")];
        assert_eq!(marked(&named).await, ("x-own=1 x-own=2 ".to_owned(), "x-own=c ".to_owned()));
    }

    #[tokio::test]
    async fn credentials_and_cookies_are_marked_by_default() {
        let (request, response) = marked(&[]).await;
        assert_eq!(request, "authorization=t ");
        assert_eq!(response, "set-cookie=a set-cookie=b ");
    }

    #[test]
    fn wrong_settings_are_named() {
        for key in ["request", "response"] {
            let error = sensitive_headers(settings(&[(key, "a:b")])).unwrap_err();
            assert_eq!(error.to_string(), format!("`{key}`: \"a:b\" is not the name of a header"));
        }
    }
}
