use std::ops::ControlFlow;
use std::path::PathBuf;

use http::StatusCode;
use impasto::{App, BoxFuture, Exchange, Filter, Handler, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::text;

/// Answers whether this server should be sent requests.
///
/// The answer is `200` and `OK`; or, while the file `disable_by_file_path` exists, `503` and
/// `DISABLED BY FILE`, so that an operator takes a server out of a load balancer with `touch`. The
/// healthcheck apps of oslo.middleware and Swift answer the same. Every path and method is answered.
/// Mount it beside the API, where no filter that wants a token stands in front of it.
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#urlmap
/// /healthcheck = healthcheck
///
/// [app:healthcheck]
/// use = egg:impasto#healthcheck
/// disable_by_file_path = /run/api/disabled
/// ```
#[derive(Deserialize, JsonSchema)]
struct HealthcheckApp {
    /// A file; while it exists, the answer is a 503. There is none by default. The file is looked for
    /// at every request, which is quick where `/run` and its like are; a path on a network file
    /// system would make all requests wait for it.
    #[serde(alias = "disable_path")]
    disable_by_file_path: Option<PathBuf>,
    /// oslo.middleware's list of the checks to make. Of these there is `disable_by_file`, which is
    /// made whenever the file is named.
    #[serde(default)]
    #[allow(dead_code, reason = "reading it is checking it")]
    backends: Vec<Backend>,
    /// Accepted since files have it; no details are shown.
    #[allow(dead_code, reason = "files have it")]
    detailed: Option<bool>,
    /// Accepted since files have it; an app answers at the path where it is mounted.
    #[allow(dead_code, reason = "files have it")]
    path: Option<String>,
    /// Accepted since files have it; has no effect yet.
    #[allow(dead_code, reason = "files have it")]
    oslo_config_project: Option<String>,
    /// Accepted since files have it; has no effect yet.
    #[allow(dead_code, reason = "files have it")]
    oslo_config_program: Option<String>,
    /// Accepted since files have it; has no effect yet.
    #[allow(dead_code, reason = "files have it")]
    oslo_config_file: Option<String>,
}

/// Answers at one path whether this server should be sent requests; other requests go on.
///
/// The answers are those of the app of the same name, which is the better way: mounted in a urlmap
/// it costs the other requests nothing. As a filter it belongs in front of everything that may refuse
/// a request.
///
/// ```ini
/// [pipeline:main]
/// pipeline = healthcheck api
///
/// [filter:healthcheck]
/// use = egg:impasto#healthcheck
/// path = /healthcheck
///
/// [app:api]
/// use = egg:impasto#debug
/// ```
#[derive(Deserialize, JsonSchema)]
struct HealthcheckFilter {
    /// The path that is answered, with the mount point if there is one. `/healthcheck` by default.
    #[serde(default = "healthcheck_path")]
    path: String,
    /// A file; while it exists, the answer is a 503. There is none by default. The file is looked for
    /// at every request for `path`, as the app does it.
    #[serde(alias = "disable_path")]
    disable_by_file_path: Option<PathBuf>,
    /// oslo.middleware's list of the checks to make. Of these there is `disable_by_file`, which is
    /// made whenever the file is named.
    #[serde(default)]
    #[allow(dead_code, reason = "reading it is checking it")]
    backends: Vec<Backend>,
    /// Accepted since files have it; no details are shown.
    #[allow(dead_code, reason = "files have it")]
    detailed: Option<bool>,
    /// Accepted since files have it; has no effect yet.
    #[allow(dead_code, reason = "files have it")]
    oslo_config_project: Option<String>,
    /// Accepted since files have it; has no effect yet.
    #[allow(dead_code, reason = "files have it")]
    oslo_config_program: Option<String>,
    /// Accepted since files have it; has no effect yet.
    #[allow(dead_code, reason = "files have it")]
    oslo_config_file: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Backend {
    DisableByFile,
}

fn healthcheck_path() -> String {
    "/healthcheck".to_owned()
}

register!("healthcheck" => healthcheck_app, for
    "egg:oslo.middleware#healthcheck",
    "oslo_middleware:Healthcheck.app_factory",
    "oslo_middleware.healthcheck:Healthcheck.app_factory",
);
register!("healthcheck" => healthcheck_filter, for
    "egg:oslo.middleware#healthcheck",
    "oslo_middleware:Healthcheck.factory",
    "oslo_middleware.healthcheck:Healthcheck.factory",
    "egg:swift#healthcheck",
);

fn healthcheck_app(settings: HealthcheckApp) -> App {
    App::new(Health { disabled_by: settings.disable_by_file_path })
}

fn healthcheck_filter(settings: HealthcheckFilter) -> Filter {
    let health = Health { disabled_by: settings.disable_by_file_path };
    let path = settings.path;
    Filter::on_request(move |exchange| {
        let mount = exchange.mount();
        match path.strip_prefix(&*mount) {
            Some(rest) if rest == exchange.path() => ControlFlow::Break(health.answer()),
            _ => ControlFlow::Continue(()),
        }
    })
}

struct Health {
    disabled_by: Option<PathBuf>,
}

impl Health {
    fn answer(&self) -> Response {
        match &self.disabled_by {
            Some(file) if file.exists() => {
                text(StatusCode::SERVICE_UNAVAILABLE, "DISABLED BY FILE")
            }
            _ => text(StatusCode::OK, "OK"),
        }
    }
}

impl Handler for Health {
    fn call<'a>(&'a self, _: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(async { self.answer() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, named, settings, wrap};

    #[tokio::test]
    async fn a_file_takes_the_server_out() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("disabled");
        let app = healthcheck_app(settings(&[("disable_by_file_path", file.to_str().unwrap())]));
        assert_eq!(answer_to(&app, "/any").await, (StatusCode::OK, "OK".to_owned()));
        std::fs::write(&file, "").unwrap();
        let disabled = (StatusCode::SERVICE_UNAVAILABLE, "DISABLED BY FILE".to_owned());
        assert_eq!(answer_to(&app, "/any").await, disabled);
    }

    #[tokio::test]
    async fn the_filter_answers_only_at_its_path() {
        let filter = healthcheck_filter(settings(&[("backends", "disable_by_file")]));
        let app = wrap(filter, named("api"));
        assert_eq!(answer_to(&app, "/healthcheck").await.1, "OK");
        for path in ["/healthcheck/", "/healthchec", "/v2/healthcheck", "/"] {
            assert_eq!(answer_to(&app, path).await.1, format!("api |{path}"));
        }
    }
}
