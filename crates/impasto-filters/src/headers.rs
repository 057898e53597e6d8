use std::collections::BTreeMap;
use std::ops::ControlFlow;

use http::{HeaderMap, HeaderName, HeaderValue};
use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::header_map;

/// Sets, adds and removes headers, of requests on their way to the app and of answers on their way back.
///
/// A header to be removed is removed first, then the others are set and added. `default_response` is for
/// what an app may have decided itself. Headers that say where a message ends or what becomes of its
/// connection are the server's alone.
///
/// Headers of a request belong outside of what reads them, a header of every answer at the beginning of a
/// pipeline: what is further out answers without it.
///
/// ```ini
/// [filter:headers]
/// use = egg:impasto#headers
/// remove_request = X-Debug X-Internal-User
/// set_request.X-Region = eu-west
/// set_response.Server = api
/// default_response.Cache-Control = no-store
/// remove_response = X-Powered-By
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Headers {
    /// The headers of a request that the app is not to see.
    remove_request: Vec<String>,
    /// What replaces whatever the request has under a name: `set_request.NAME = VALUE`.
    set_request: BTreeMap<String, String>,
    /// What the app is to see beside whatever the request has: `add_request.NAME = VALUE`.
    add_request: BTreeMap<String, String>,
    /// The headers of an answer that the client is not to see.
    remove_response: Vec<String>,
    /// What replaces whatever the answer has under a name: `set_response.NAME = VALUE`.
    set_response: BTreeMap<String, String>,
    /// What is sent beside whatever the answer has: `add_response.NAME = VALUE`.
    add_response: BTreeMap<String, String>,
    /// What is sent where the answer has nothing under a name: `default_response.NAME = VALUE`.
    default_response: BTreeMap<String, String>,
}

register!("headers" => headers);

// Not tower-http's layers: there is one for each header, and none that removes.
fn headers(settings: Headers) -> anyhow::Result<Filter> {
    Ok(Filter::hook(Prepared {
        request: Changes {
            remove: names("remove_request", &settings.remove_request)?,
            set: pairs("set_request", &settings.set_request)?,
            add: pairs("add_request", &settings.add_request)?,
            default: Vec::new(),
        },
        response: Changes {
            remove: names("remove_response", &settings.remove_response)?,
            set: pairs("set_response", &settings.set_response)?,
            add: pairs("add_response", &settings.add_response)?,
            default: pairs("default_response", &settings.default_response)?,
        },
    }))
}

struct Prepared {
    request: Changes,
    response: Changes,
}

impl Hook for Prepared {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        self.request.apply(exchange.headers_mut());
        ControlFlow::Continue(())
    }

    fn on_response(&self, _: &mut Exchange, (): (), response: &mut Response) {
        self.response.apply(response.headers_mut());
    }
}

type Pairs = Vec<(HeaderName, HeaderValue)>;

struct Changes {
    remove: Vec<HeaderName>,
    set: Pairs,
    add: Pairs,
    default: Pairs,
}

impl Changes {
    fn apply(&self, headers: &mut HeaderMap) {
        for name in &self.remove {
            headers.remove(name);
        }
        for (name, value) in &self.set {
            headers.insert(name, value.clone());
        }
        for (name, value) in &self.add {
            headers.append(name, value.clone());
        }
        for (name, value) in &self.default {
            header_map::add(headers, name, value);
        }
    }
}

fn names(key: &str, items: &[String]) -> Result<Vec<HeaderName>, SettingError> {
    items.iter().map(|item| header_map::not_of_the_server(key, item)).collect()
}

fn pairs(key: &str, table: &BTreeMap<String, String>) -> Result<Pairs, SettingError> {
    let pair = |(text, value): (&String, &String)| {
        let key = format!("{key}.{text}");
        let value = HeaderValue::try_from(value.trim())
            .map_err(|_| SettingError::new(&*key, "cannot be written in a header"))?;
        Ok((header_map::not_of_the_server(&key, text)?, header_map::to_copy(&value)))
    };
    table.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, settings, wrap};
    use impasto::{App, Body};

    /// An app that answers with the request's headers, and with some of its own.
    fn app(options: &[(&str, &str)]) -> App {
        let echo = App::at_once(|exchange: &mut Exchange| {
            let mut response = Response::new(Body::from(format!("{:?}", exchange.headers())));
            for (name, value) in [("x-app", "1"), ("x-app", "2"), ("x-own", "app")] {
                response.headers_mut().append(name, HeaderValue::from_static(value));
            }
            response
        });
        wrap(headers(settings(options)).unwrap(), echo)
    }

    fn shown(response: &Response, name: &str) -> Vec<String> {
        let values = response.headers().get_all(name).iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn requests_are_changed_on_the_way_in() {
        let app = app(&[
            ("remove_request", "X-Secret, x-gone"),
            ("set_request.X-Set", "new"),
            ("add_request.X-Added", "b"),
        ]);
        let mut request = get("/");
        for (name, value) in
            [("x-secret", "1"), ("x-secret", "2"), ("x-set", "old"), ("x-added", "a")]
        {
            request.headers_mut().append(name, HeaderValue::from_static(value));
        }
        let response = send(&app, request).await;
        let seen = std::str::from_utf8(response.body().as_bytes().unwrap()).unwrap();
        for held in ["\"x-set\": \"new\"", "\"x-added\": \"a\", \"x-added\": \"b\""] {
            assert!(seen.contains(held), "{seen}");
        }
        assert!(!seen.contains("x-secret") && !seen.contains("old"), "{seen}");
    }

    #[tokio::test]
    async fn answers_are_changed_on_the_way_out() {
        let app = app(&[
            ("remove_response", "X-App"),
            ("set_response.X-App", "3"),
            ("add_response.x-app", "4"),
            ("default_response.X-Own", "default"),
            ("default_response.X-New", " default "),
        ]);
        let response = send(&app, get("/")).await;
        assert_eq!(shown(&response, "x-app"), ["3", "4"]);
        assert_eq!(shown(&response, "x-own"), ["app"]);
        assert_eq!(shown(&response, "x-new"), ["default"]);
    }

    #[test]
    fn wrong_settings_are_named() {
        for (key, value, why) in [
            ("remove_request", "a:b", "`remove_request`: \"a:b\" is not the name of a header"),
            ("set_response.a b", "x", "`set_response.a b`: \"a b\" is not the name of a header"),
            ("add_request.X-A", "a\nb", "`add_request.X-A` cannot be written in a header"),
            (
                "set_response.Content-Length",
                "5",
                "`set_response.Content-Length`: `Content-Length` is the server's alone",
            ),
            ("remove_request", "Host", "`remove_request`: `Host` is the server's alone"),
        ] {
            assert_eq!(headers(settings(&[(key, value)])).unwrap_err().to_string(), why);
        }
    }
}
