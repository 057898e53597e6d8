use std::ops::ControlFlow;

use http::{HeaderName, HeaderValue};
use impasto::{Exchange, Filter, Hook, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::header_map;
use crate::unique;

/// Gives every request an id as OpenStack's services do: `req-` and a random UUID.
///
/// The id is in the response's `X-Openstack-Request-Id`, unless the app has put one there. It is always
/// a new one: what the client sends in that header is the id of a larger whole, and left for the app
/// (this is what oslo.middleware does). `compute_request_id`, which stands in for nova's own filter,
/// also puts the id into `X-Compute-Request-Id`. For an id that clients may choose see `request_id`.
///
/// It belongs at the beginning of a pipeline, so that whatever answers does so with the id.
///
/// ```ini
/// [filter:request_id]
/// use = egg:impasto#openstack_request_id
/// compat_headers = X-Volume-Request-Id
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct OpenstackRequestId {
    /// More headers to put the id into. By default there are none.
    compat_headers: Vec<String>,
    /// Of oslo.config, whose files have no settings for this filter: accepted, and without effect.
    oslo_config_project: Option<String>,
    /// Of oslo.config; without effect.
    oslo_config_program: Option<String>,
    /// Of oslo.config; without effect.
    oslo_config_file: Option<String>,
}

register!("openstack_request_id" => openstack_request_id, for
    "oslo_middleware:RequestId.factory",
    "oslo_middleware.request_id:RequestId.factory",
    "egg:oslo.middleware#request_id",
    "cinder.api.middleware.request_id:RequestId.factory",
    order [
        before "authentication": "its refusals would have no id";
        once: "each would make an id of its own";
    ],
);

register!("compute_request_id" => compute_request_id, for
    "nova.api.compute_req_id:ComputeReqIdMiddleware.factory",
    order [
        before "authentication": "its refusals would have no id";
        once: "each would make an id of its own";
    ],
);

fn compute_request_id(mut settings: OpenstackRequestId) -> anyhow::Result<Filter> {
    settings.compat_headers.push("x-compute-request-id".to_owned());
    openstack_request_id(settings)
}

fn openstack_request_id(settings: OpenstackRequestId) -> anyhow::Result<Filter> {
    let mut headers = vec![HeaderName::from_static("x-openstack-request-id")];
    for name in &settings.compat_headers {
        headers.push(header_map::named("compat_headers", name)?);
    }
    Ok(Filter::hook(OnResponse(headers)))
}

struct OnResponse(Vec<HeaderName>);

impl Hook<HeaderValue> for OnResponse {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, HeaderValue> {
        let id = unique::id("req-");
        exchange.set_request_id(id.clone());
        ControlFlow::Continue(id)
    }

    fn on_response(&self, _: &mut Exchange, id: HeaderValue, response: &mut Response) {
        for name in &self.0 {
            response.headers_mut().entry(name).or_insert_with(|| id.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, wrap};
    use impasto::{App, Body};

    fn echo() -> App {
        App::from_fn(async |exchange: &mut Exchange| {
            let sent = exchange.headers().get("x-openstack-request-id");
            let mut response =
                Response::new(Body::from(sent.map_or(vec![], |id| id.as_bytes().to_vec())));
            if exchange.path() == "/own" {
                let own = HeaderValue::from_static("req-own");
                response.headers_mut().insert("x-openstack-request-id", own);
            }
            response
        })
    }

    #[tokio::test]
    async fn the_id_is_always_a_new_one_and_that_of_the_client_is_left_for_the_app() {
        let app = wrap(compute_request_id(OpenstackRequestId::default()).unwrap(), echo());
        let mut request = get("/");
        request.headers_mut().insert("x-openstack-request-id", "req-global".parse().unwrap());
        let response = send(&app, request).await;
        let id = response.headers()["x-openstack-request-id"].to_str().unwrap();
        assert!(id.starts_with("req-") && id.len() == 40, "{id}");
        assert_eq!(response.headers()["x-compute-request-id"], id);
        assert_eq!(response.body().as_bytes(), Some(&b"req-global"[..]));
    }

    #[tokio::test]
    async fn an_id_that_the_app_gives_stays() {
        let app = wrap(openstack_request_id(OpenstackRequestId::default()).unwrap(), echo());
        let response = send(&app, get("/own")).await;
        let ids: Vec<_> = response.headers().get_all("x-openstack-request-id").iter().collect();
        assert_eq!(ids, ["req-own"]);
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        let compat_headers = vec!["X-Fine".to_owned(), "not:fine".to_owned()];
        let settings = OpenstackRequestId { compat_headers, ..OpenstackRequestId::default() };
        let error = openstack_request_id(settings).unwrap_err().to_string();
        assert_eq!(error, "`compat_headers`: \"not:fine\" is not the name of a header");
    }
}
