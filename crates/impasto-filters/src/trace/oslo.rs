//! Traces as oslo.middleware has them.

use impasto::{Filter, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Trace, trace};
use crate::oslo::Oslo;

/// Traces requests as oslo.middleware's `tracing` does: only where it is enabled.
///
/// Without `enabled = true`, here or in the section `[oslo_middleware_tracing]` of the service's oslo.config file, it is
/// not there. Enabled, it is `trace`: it continues and begins traces, and exports their spans if the program is
/// built for that. Of those that `sampling_rate` leaves out, the ids are passed on all the same.
///
/// It belongs at the beginning of a pipeline, so that everything inside is part of the span.
///
/// ```ini
/// [filter:tracing]
/// use = egg:impasto#oslo_tracing
/// enabled = true
/// sampling_rate = 0.1
/// ```
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct OsloTracing {
    /// Whether requests are traced. `false` by default.
    enabled: Option<bool>,
    /// The OpenTelemetry collector that spans are sent to. In a program that is built with the feature `otel` the default
    /// is `http://localhost:4318`; in others it cannot be set, and nothing is sent.
    otlp_endpoint: Option<String>,
    /// How they are sent: only `http/protobuf`, which is the default.
    otlp_protocol: Option<String>,
    /// What the service is called there. The program of oslo.config by default, or the project.
    service_name: Option<String>,
    /// The part of traces begun here that is sampled, from 0 to 1. All by default.
    #[schemars(range(min = 0, max = 1))]
    sampling_rate: Option<f64>,
    /// Of gRPC; has no effect.
    insecure: Option<bool>,
    /// The project whose oslo.config file has more settings, in its section `[oslo_middleware_tracing]`: the first of
    /// `~/.PROJECT/PROJECT.conf`, `~/PROJECT.conf`, `/etc/PROJECT/PROJECT.conf` and `/etc/PROJECT.conf`
    /// that exists, if one does. What is set here, or in `[DEFAULT]`, goes before it.
    oslo_config_project: Option<String>,
    /// A program of the project; `PROGRAM.conf` is looked for in the same places, and goes before.
    oslo_config_program: Option<String>,
    /// The path of a file to read in place of all these. It has an effect only together with
    /// `oslo_config_project`, as with oslo.middleware.
    oslo_config_file: Option<String>,
}

register!("oslo_tracing" => oslo_tracing, for
    "oslo_middleware:TracingMiddleware.factory",
    "oslo_middleware.tracing:TracingMiddleware.factory",
    "egg:oslo.middleware#tracing",
    order [
        before "authentication": "what it logs would be in no span";
        once: "the second one would only add a span to the first one's";
    ],
);

/// What is read of the file.
const OPTIONS: [&str; 6] =
    ["enabled", "otlp_endpoint", "otlp_protocol", "service_name", "sampling_rate", "insecure"];

fn oslo_tracing(settings: OsloTracing) -> anyhow::Result<Filter> {
    let oslo = Oslo {
        project: &settings.oslo_config_project,
        program: &settings.oslo_config_program,
        file: &settings.oslo_config_file,
    };
    let file: OsloTracing = oslo.group("oslo_middleware_tracing", &OPTIONS)?;
    if !settings.enabled.or(file.enabled).unwrap_or(false) {
        return Ok(Filter::wrap(|app| app));
    }
    let protocol = settings.otlp_protocol.or(file.otlp_protocol);
    if protocol.is_some_and(|protocol| protocol != "http/protobuf") {
        let error = SettingError::new("otlp_protocol", "can only be `http/protobuf`");
        return Err(error.help("a collector takes that at its port 4318").into());
    }
    let rate = settings.sampling_rate.or(file.sampling_rate).unwrap_or(1.0);
    let endpoint = settings.otlp_endpoint.or(file.otlp_endpoint);
    let local = || cfg!(feature = "otel").then(|| "http://localhost:4318".to_owned());
    let service = [
        settings.service_name,
        file.service_name,
        settings.oslo_config_program,
        settings.oslo_config_project,
    ];
    let mut settings =
        Trace { otlp_endpoint: endpoint.or_else(local), sample: rate * 100.0, ..Trace::default() };
    if let Some(name) = service.into_iter().flatten().next() {
        settings.service_name = name;
    }
    trace(settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, settings, wrap};
    use http::HeaderValue;
    use impasto::{App, Body, Exchange, Response};

    /// Whether the app is told of a trace, with these options.
    async fn traces(options: &[(&str, &str)]) -> bool {
        let app = App::at_once(|exchange: &mut Exchange| {
            let parent = exchange.headers().get("traceparent").map(HeaderValue::as_bytes);
            Response::new(Body::from(parent.unwrap_or_default().to_owned()))
        });
        let app = wrap(oslo_tracing(settings(options)).unwrap(), app);
        !send(&app, get("/")).await.body().as_bytes().unwrap().is_empty()
    }

    #[tokio::test]
    async fn nothing_is_traced_unless_it_is_enabled_here_or_in_the_file() {
        assert!(!traces(&[]).await);
        assert!(traces(&[("enabled", "true")]).await);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("nova.conf");
        let text = "[oslo_middleware_tracing]\nenabled = true\nservice_name = nova-api\n";
        std::fs::write(&path, text).unwrap();
        let file = [("oslo_config_project", "nova"), ("oslo_config_file", path.to_str().unwrap())];
        assert!(traces(&file).await);
        assert!(!traces(&[file[0], file[1], ("enabled", "false")]).await);
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = oslo_tracing(settings(&[("enabled", "true"), ("otlp_protocol", "grpc")]));
        let error = wrong.err().unwrap().to_string();
        assert!(error.starts_with("`otlp_protocol`"), "{error}");
        let error = crate::testing::refused::<OsloTracing>(&[("sampling_rate", "1.5")]);
        assert_eq!(error, "`sampling_rate` must be a number from 0 to 1, not `1.5`");
    }
}
