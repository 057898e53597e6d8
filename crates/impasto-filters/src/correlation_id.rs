use std::ops::ControlFlow;

use http::HeaderName;
use http::header::Entry;
use impasto::{Exchange, Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::request_id::is_id;
use crate::unique;

/// Gives the app an id of the larger whole that a request is part of, in `X-Correlation-Id`.
///
/// This is oslo.middleware's filter: an id that the client sends is kept, so that services which ask each other
/// can pass it on; without one there is a new UUID. Neither the log nor the client is told; that is
/// `request_id`'s. An id that is no 1 to 128 letters, digits, dots, dashes and underscores is replaced, which
/// oslo.middleware does not do.
///
/// It belongs outside of whatever asks other services.
///
/// ```ini
/// [filter:correlation_id]
/// use = egg:impasto#correlation_id
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct CorrelationId {
    /// As files for oslo.middleware have it; its file has no settings for this.
    oslo_config_project: Option<String>,
    /// As files for oslo.middleware have it; its file has no settings for this.
    oslo_config_program: Option<String>,
    /// As files for oslo.middleware have it; its file has no settings for this.
    oslo_config_file: Option<String>,
}

register!("correlation_id" => correlation_id, for
    "oslo_middleware:CorrelationId.factory",
    "oslo_middleware.correlation_id:CorrelationId.factory",
    "egg:oslo.middleware#correlation_id",
);

const HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

fn correlation_id(_: CorrelationId) -> Filter {
    Filter::on_request(|exchange: &mut Exchange| {
        match exchange.headers_mut().entry(&HEADER) {
            Entry::Occupied(given) if is_id(&given) => {}
            Entry::Occupied(mut given) => drop(given.insert(unique::id(""))),
            Entry::Vacant(place) => drop(place.insert(unique::id(""))),
        }
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, wrap};
    use impasto::{App, Body, Response};

    /// What the app sees.
    async fn seen(sent: &[&str]) -> String {
        let app = App::at_once(|exchange: &mut Exchange| {
            let ids = exchange.headers().get_all(HEADER).iter();
            let ids: Vec<_> = ids.map(|id| id.to_str().unwrap()).collect();
            Response::new(Body::from(ids.join(", ")))
        });
        let mut request = get("/");
        for id in sent {
            request.headers_mut().append(HEADER, id.parse().unwrap());
        }
        let response = send(&wrap(correlation_id(CorrelationId::default()), app), request).await;
        assert!(!response.headers().contains_key(HEADER));
        String::from_utf8(response.body().as_bytes().unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn an_id_of_the_client_is_kept() {
        assert_eq!(seen(&["of-the-client"]).await, "of-the-client");
    }

    #[tokio::test]
    async fn what_is_none_is_replaced() {
        for sent in [&[][..], &[""], &["a b"], &["a", "b"]] {
            let id = seen(sent).await;
            assert!(id.len() == 36 && !id.contains(' '), "{id}");
        }
        assert_ne!(seen(&[]).await, seen(&[]).await);
    }
}
