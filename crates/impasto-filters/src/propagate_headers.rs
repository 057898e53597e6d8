use std::ops::ControlFlow;

use http::header::{
    CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
    REFRESH, SET_COOKIE,
};
use http::{HeaderName, HeaderValue};
use impasto::{Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::header_map;

/// Gives clients back the headers that they sent, so that they know which answer belongs to what.
///
/// What a request has under one of the names, every value of it, replaces what the answer has there; a name
/// that the request does not have changes nothing. The value is the client's own, so it cannot be a header by which
/// a browser decides what an answer is or does. An id that the service itself gives is `request_id`'s.
///
/// It belongs at the beginning of a pipeline, so that refusals have the headers too.
///
/// ```ini
/// [filter:propagate_headers]
/// use = egg:impasto#propagate_headers
/// headers = X-Client-Request-Id X-Tenant
/// ```
#[derive(Deserialize, JsonSchema)]
struct PropagateHeaders {
    /// The names of the headers.
    headers: Vec<String>,
}

register!("propagate_headers" => propagate_headers,
    order [
        before "authentication": "its answers would lack the headers";
    ],
);

// Not tower-http's layer: there is one for each header, it takes the first value only, and moves the request.
fn propagate_headers(settings: PropagateHeaders) -> anyhow::Result<Filter> {
    if settings.headers.is_empty() {
        return Err(SettingError::new("headers", "must name one at least").into());
    }
    let name = |text: &String| {
        let name = header_map::not_of_the_server("headers", text)?;
        match OF_THE_APP.contains(&name) {
            true => {
                Err(SettingError::new("headers", format!("`{text}` is not the client's to say")))
            }
            false => Ok(name),
        }
    };
    Ok(Filter::hook(Names(settings.headers.iter().map(name).collect::<Result<_, _>>()?)))
}

/// What an answer is, and what it has browsers do.
const OF_THE_APP: [HeaderName; 7] = [
    CONTENT_DISPOSITION,
    CONTENT_ENCODING,
    CONTENT_SECURITY_POLICY,
    CONTENT_TYPE,
    LOCATION,
    REFRESH,
    SET_COOKIE,
];

struct Names(Vec<HeaderName>);

/// What the client sent: the place of a name in the settings, and a value. Nothing is allocated for nothing.
type Sent = Vec<(usize, HeaderValue)>;

impl Hook<Sent> for Names {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Sent> {
        let mut sent = Sent::new();
        for (place, name) in self.0.iter().enumerate() {
            let values = exchange.headers().get_all(name).iter();
            sent.extend(values.map(|value| (place, value.clone())));
        }
        ControlFlow::Continue(sent)
    }

    fn on_response(&self, _: &mut Exchange, sent: Sent, response: &mut Response) {
        let mut last = None;
        for (place, value) in sent {
            let Some(name) = self.0.get(place) else { continue };
            match last.replace(place) == Some(place) {
                true => drop(response.headers_mut().append(name, value)),
                false => drop(response.headers_mut().insert(name, value)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, settings, wrap};
    use impasto::{App, Body};

    /// What a client is given under `x-one`, `x-two` and `x-three` for a request with these headers. The app has its
    /// own way with `x-one` and `x-three`.
    async fn given(sent: &[(&'static str, &'static str)]) -> Vec<String> {
        let app = App::at_once(|_: &mut Exchange| {
            let mut response = Response::new(Body::empty());
            for name in ["x-one", "x-three"] {
                response.headers_mut().insert(name, HeaderValue::from_static("app"));
            }
            response
        });
        let filter = propagate_headers(settings(&[("headers", "X-One, x-two")])).unwrap();
        let mut request = get("/");
        for (name, value) in sent {
            request.headers_mut().append(*name, HeaderValue::from_static(value));
        }
        let response = send(&wrap(filter, app), request).await;
        let values = |name: &'static str| {
            let values = response.headers().get_all(name).iter();
            let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
            values.join(", ")
        };
        ["x-one", "x-two", "x-three"].map(values).to_vec()
    }

    #[tokio::test]
    async fn what_was_sent_replaces_what_the_app_has() {
        let sent = [("x-one", "1"), ("x-two", "2"), ("x-one", "1b"), ("x-three", "3")];
        assert_eq!(given(&sent).await, ["1, 1b", "2", "app"]);
    }

    #[tokio::test]
    async fn what_was_not_sent_changes_nothing() {
        assert_eq!(given(&[]).await, ["app", "", "app"]);
        assert_eq!(given(&[("x-two", "2")]).await, ["app", "2", "app"]);
    }

    #[test]
    fn wrong_settings_are_named() {
        for (text, why) in [
            ("", "`headers` must name one at least"),
            ("a:b", "`headers`: \"a:b\" is not the name of a header"),
            ("X-A Content-Length", "`headers`: `Content-Length` is the server's alone"),
            ("Set-Cookie", "`headers`: `Set-Cookie` is not the client's to say"),
        ] {
            let error = propagate_headers(settings(&[("headers", text)])).unwrap_err();
            assert_eq!(error.to_string(), why);
        }
    }
}
