//! Faults as heat has them.

use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CatchErrors, Format, catch_errors};

/// What heat's clients are told when nobody knows more: they read `title` and look into `error`.
pub(super) const BODY: &str = "{\"code\": 500, \"title\": \"Internal Server Error\", \"explanation\": \"The server has \
     either erred or is incapable of performing the requested operation.\", \
     \"error\": {\"type\": \"Exception\", \"traceback\": null}}";

/// Answers a request that failed inside with a fault, as heat's `FaultWrapper` does.
///
/// It stands in for that, which heat's file names in `heat.filter_factory`, and is `catch_errors` with
/// `format = heat`: what is said of `fault_wrapper` holds for it. The fault is JSON also for a request in XML.
///
/// It belongs at the beginning of a pipeline, outside everything that may fail.
///
/// ```ini
/// [filter:faultwrap]
/// use = egg:impasto#heat_fault_wrapper
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct HeatFaultWrapper {}

register!("heat_fault_wrapper" => heat_fault_wrapper, for
    "heat.api.openstack:faultwrap_filter",
    may answer,
    order [
        before "authentication", "request-body": "a fault in the other one would be answered without it";
    ],
);

fn heat_fault_wrapper(_: HeatFaultWrapper) -> Filter {
    catch_errors(CatchErrors { format: Format::Heat, ..CatchErrors::default() })
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer_to, load};
    use serde_json::{Value, json};

    /// As heat's file has it, around an app that fails.
    const FILE: &str = "[filter-app:main]\nnext = app\npaste.filter_factory = heat.common.wsgi:filter_factory\n\
                        heat.filter_factory = heat.api.openstack:faultwrap_filter\n\
                        [app:app]\nuse = egg:impasto#debug\n";

    #[tokio::test]
    async fn a_panic_is_a_fault_as_heat_writes_it() {
        let (status, body) = answer_to(&load(FILE).unwrap(), "/panic").await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status.as_u16(), &body["code"]), (500, &json!(500)));
        assert_eq!(body["title"], "Internal Server Error");
        assert_eq!(body["error"], json!({"type": "Exception", "traceback": null}));
    }

    #[test]
    fn what_heat_s_own_function_is_to_call_is_what_is_not_found() {
        let negotiates = "heat.api.openstack:version_negotiation_filter";
        let file = FILE.replace("heat.api.openstack:faultwrap_filter", negotiates);
        let problems = load(&file).err().unwrap();
        let [problem] = &problems.iter().collect::<Vec<_>>()[..] else { panic!("{problems}") };
        assert_eq!(problem.reference.as_deref(), Some(negotiates));
        assert_eq!(problem.place.as_ref().map(|place| place.line()), Some(4));
    }
}
