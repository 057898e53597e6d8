//! Faults as nova, cinder and manila have them.

use http::HeaderValue;
use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CatchErrors, Format, catch_errors};

/// What a client is told when nobody knows more.
pub(super) const BODY: &str = "{\"computeFault\": {\"code\": 500, \"message\": \"The server has either erred or is \
     incapable of performing the requested operation.\"}}";

pub(super) const CONTENT_TYPE: HeaderValue =
    HeaderValue::from_static("application/json; charset=UTF-8");

/// Answers a request that failed inside with a fault, as nova's `FaultWrapper` does.
///
/// It stands in for that and for its like in other services, and is `catch_errors` with `format = fault`. An
/// exception of theirs that names a status is an answer here, which the app gives itself; what is left is the
/// 500, whose reason is in the log and not in the body.
///
/// It belongs at the beginning of a pipeline, outside everything that may fail.
///
/// ```ini
/// [filter:faultwrap]
/// use = egg:impasto#fault_wrapper
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct FaultWrapper {}

register!("fault_wrapper" => fault_wrapper, for
    "nova.api.openstack:FaultWrapper.factory",
    "cinder.api.middleware.fault:FaultWrapper.factory",
    "manila.api.middleware.fault:FaultWrapper.factory",
    "nova.api.openstack.v2:FaultWrapper.factory",
    "rack.api:FaultWrapper.factory",
    may answer,
    order [
        before "authentication", "request-body": "a fault in the other one would be answered without it";
    ],
);

fn fault_wrapper(_: FaultWrapper) -> Filter {
    catch_errors(CatchErrors { format: Format::Fault, ..CatchErrors::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, wrap};
    use impasto::{App, Exchange};

    #[tokio::test]
    async fn a_panic_is_a_fault_as_nova_writes_it() {
        let app = App::from_fn(async |_: &mut Exchange| panic!("the password is hunter2"));
        let (status, body) = answer_to(&wrap(fault_wrapper(FaultWrapper {}), app), "/").await;
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        let message =
            "The server has either erred or is incapable of performing the requested operation.";
        assert_eq!(body, serde_json::json!({"computeFault": {"code": 500, "message": message}}));
        assert_eq!(status, 500);
    }
}
