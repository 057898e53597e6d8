use std::ops::ControlFlow;

use http::header::{Entry, OccupiedEntry};
use http::{HeaderName, HeaderValue};
use impasto::{Exchange, Filter, Hook, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::header_map;
use crate::text::is_word;
use crate::unique;

/// Gives every request an id, by which it is found in logs.
///
/// A client or a proxy may send one of its own: 1 to 128 letters, digits, dots, dashes and underscores.
/// Anything else, and more than one, is replaced by a random UUID. The app sees the id in the
/// request's header, the client in the response's, exactly once; panics and the filters `access_log`
/// and `catch_errors` name it too.
///
/// It belongs at the beginning of a pipeline, so that whatever answers does so with the id.
///
/// ```ini
/// [filter:request_id]
/// use = egg:impasto#request_id
/// header = X-Correlation-Id
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct RequestId {
    /// The header that the id is in.
    header: String,
}

impl Default for RequestId {
    fn default() -> RequestId {
        RequestId { header: "X-Request-Id".to_owned() }
    }
}

register!("request_id" => request_id,
    order [
        before "authentication": "its refusals would have no id";
    ],
);

// Not tower-http's two layers: they take any value of a client.
fn request_id(settings: RequestId) -> anyhow::Result<Filter> {
    Ok(Filter::hook(InHeader(header_map::named("header", settings.header.trim())?)))
}

/// The longest id that is taken from a client, in bytes.
const LONGEST: usize = 128;

struct InHeader(HeaderName);

impl Hook<HeaderValue> for InHeader {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, HeaderValue> {
        let id = match exchange.headers_mut().entry(&self.0) {
            Entry::Occupied(given) if is_id(&given) => given.get().clone(),
            Entry::Occupied(mut given) => {
                let id = unique::id("");
                given.insert(id.clone());
                id
            }
            Entry::Vacant(place) => place.insert(unique::id("")).clone(),
        };
        exchange.set_request_id(id.clone());
        ControlFlow::Continue(id)
    }

    fn on_response(&self, _: &mut Exchange, id: HeaderValue, response: &mut Response) {
        response.headers_mut().insert(&self.0, id);
    }
}

/// Whether what the client gave the request is an id, and only one.
pub(crate) fn is_id(given: &OccupiedEntry<'_, HeaderValue>) -> bool {
    let id = given.get().as_bytes();
    id.len() <= LONGEST && is_word(id) && given.iter().nth(1).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, wrap};
    use impasto::{App, Body};

    fn app() -> App {
        let echo = App::from_fn(async |exchange: &mut Exchange| {
            let seen = exchange.headers()["x-request-id"].as_bytes().to_owned();
            assert_eq!(exchange.request_id().unwrap().as_bytes(), seen);
            let mut response = Response::new(Body::from(seen));
            for _ in 0..2 {
                response.headers_mut().append("x-request-id", HeaderValue::from_static("app"));
            }
            response
        });
        wrap(request_id(RequestId::default()).unwrap(), echo)
    }

    /// The id of the response, which is also the one that the app saw.
    async fn id_for(sent: &[&str]) -> String {
        let mut request = get("/");
        for id in sent {
            request.headers_mut().append("x-request-id", id.parse().unwrap());
        }
        let response = send(&app(), request).await;
        let ids: Vec<_> = response.headers().get_all("x-request-id").iter().collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(response.body().as_bytes(), Some(ids[0].as_bytes()));
        ids[0].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_request_without_an_id_is_given_one() {
        let (first, second) = (id_for(&[]).await, id_for(&[]).await);
        assert_eq!(first.len(), 36);
        assert_ne!(first, second);
    }

    #[tokio::test]
    async fn an_id_of_the_client_is_kept() {
        let longest = "x".repeat(128);
        for id in ["a", "A.b_c-9", &longest] {
            assert_eq!(id_for(&[id]).await, id);
        }
    }

    #[tokio::test]
    async fn anything_else_is_replaced() {
        let too_long = "x".repeat(129);
        for wrong in ["", "a b", "a\"b", "a,b", "é", &too_long] {
            assert_eq!(id_for(&[wrong]).await.len(), 36, "{wrong}");
        }
        assert_eq!(id_for(&["a", "b"]).await.len(), 36);
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        for header in ["", "a b", "a:b"] {
            let error = request_id(RequestId { header: header.to_owned() }).unwrap_err();
            let message = format!("`header`: {header:?} is not the name of a header");
            assert_eq!(error.to_string(), message);
        }
    }
}
