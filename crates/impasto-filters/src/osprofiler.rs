use impasto::settings::Secret;
use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

/// Accepts what files of OpenStack's services say of osprofiler, and does nothing.
///
/// osprofiler traces the inside of Python services, and does so only for requests that one of its clients
/// signed. Its filter stands in nearly every pipeline and is switched off in nearly all of them. The spans of a
/// request are no part of this; a pipeline without the filter is the same.
///
/// ```ini
/// [filter:osprofiler]
/// use = egg:impasto#osprofiler
/// hmac_keys = SECRET_KEY
/// enabled = yes
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Osprofiler {
    /// The keys that profiled requests are signed with; has no effect.
    hmac_keys: Option<Secret>,
    /// Whether requests are profiled; has no effect.
    enabled: Option<bool>,
}

register!("osprofiler" => osprofiler, for
    "egg:osprofiler#osprofiler",
    "osprofiler.web:WsgiMiddleware.factory",
    "nova.profiler:WsgiMiddleware.factory",
);

fn osprofiler(_: Osprofiler) -> Filter {
    Filter::wrap(|app| app)
}
