use impasto::settings::Secret;
use impasto::{Filter, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::options::OtherOptions;

/// Accepts what files of OpenStack's services say of osprofiler, and does nothing.
///
/// osprofiler traces the inside of Python services, and does so only for requests that one of its clients
/// signed. Its filter stands in nearly every pipeline and is switched off in nearly all of them. The spans of a
/// request are no part of this.
///
/// It belongs wherever a file has it, since a pipeline without it is the same.
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
    /// Whatever else osprofiler is told; has no effect.
    #[serde(flatten)]
    _others: OtherOptions,
}

register!("osprofiler" => osprofiler, for
    "egg:osprofiler#osprofiler",
    "osprofiler.web:WsgiMiddleware.factory",
    "nova.profiler:WsgiMiddleware.factory",
);

fn osprofiler(_: Osprofiler) -> Filter {
    Filter::wrap(|app| app)
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer_to, load};

    #[tokio::test]
    async fn every_setting_is_accepted() {
        let file = "[filter-app:main]\nuse = egg:osprofiler#osprofiler\nnext = app\nenabled = yes\n\
                    hmac_keys = a,b\nconnection_string = redis://localhost\nname = api\n\
                    [app:app]\nuse = egg:impasto#respond\nbody = app\n";
        let app = load(file).unwrap();
        assert_eq!(answer_to(&app, "/").await.1, "app");
    }
}
