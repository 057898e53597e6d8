use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use impasto::settings::Duration;
use impasto::{Body, Exchange, Filter, Hook, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::accept;
use crate::network::Networks;
use crate::paths::Paths;

/// Answers everything with 503 while the service is being worked on.
///
/// That is so while `file` exists, so that `touch` and `rm` begin and end it for all workers at once; or with
/// `enabled`, until the next reload. The answer has a `Retry-After` and is a page, JSON or plain text,
/// whichever `Accept` prefers. No cache keeps it. Whoever comes from `exempt_networks` is let through, to see
/// whether all is well again.
///
/// It belongs in front of everything that asks who is there, and inside `access_log` and `proxy_headers`. A
/// `healthcheck` outside of it goes on to say that all is well; one inside is not asked.
///
/// ```ini
/// [filter:maintenance]
/// use = egg:impasto#maintenance
/// file = /run/api/maintenance
/// retry_after = 10m
/// exempt_networks = 10.0.0.0/8
/// exempt_paths = /healthcheck
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Maintenance {
    /// Whether the service is being worked on, whatever `file` says. `false` by default.
    enabled: bool,
    /// A file; while it exists, the service is being worked on. It is looked for at every request. There
    /// is none by default.
    file: Option<PathBuf>,
    /// When clients should come again, in whole seconds.
    retry_after: Duration,
    /// What is said, in text and JSON.
    message: String,
    /// The file of an HTML page, which is read when the configuration is. There is none by default.
    page: Option<PathBuf>,
    /// Addresses and networks that are let through, `unix` for clients at a unix socket. There are none by
    /// default.
    exempt_networks: Vec<String>,
    /// Paths, and all that is below them, that are let through; with their mount point.
    exempt_paths: Vec<String>,
}

impl Default for Maintenance {
    fn default() -> Maintenance {
        Maintenance {
            enabled: false,
            file: None,
            retry_after: Duration::from_secs(60),
            message: "The service is being worked on. Try again later.".to_owned(),
            page: None,
            exempt_networks: Vec::new(),
            exempt_paths: Vec::new(),
        }
    }
}

register!("maintenance" => maintenance,
    is "client-address",
    may answer,
    order [
        before "authentication": "nobody need log in to learn that the service is being worked on";
    ],
);

fn maintenance(settings: Maintenance) -> anyhow::Result<Filter> {
    let page = settings.page.as_deref().map(read).transpose()?;
    let code = StatusCode::SERVICE_UNAVAILABLE.as_u16();
    let error = json!({"code": code, "title": "Service Unavailable", "message": settings.message});
    Ok(Filter::hook(Sign {
        enabled: settings.enabled,
        file: settings.file,
        retry_after: settings.retry_after.get().as_secs().into(),
        text: format!("{}\n", settings.message).into(),
        json: json!({ "error": error }).to_string().into(),
        page,
        networks: Networks::of("exempt_networks", &settings.exempt_networks)?,
        paths: Paths::of("exempt_paths", &settings.exempt_paths)?,
    }))
}

fn read(page: &Path) -> Result<Bytes, SettingError> {
    impasto::reads(page);
    let page = std::fs::read(page);
    page.map(Bytes::from)
        .map_err(|error| SettingError::new("page", format!("cannot be read: {error}")))
}

struct Sign {
    enabled: bool,
    file: Option<PathBuf>,
    retry_after: HeaderValue,
    text: Bytes,
    json: Bytes,
    page: Option<Bytes>,
    networks: Networks,
    paths: Paths,
}

impl Hook for Sign {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        let is_up = self.enabled || self.file.as_ref().is_some_and(|file| file.exists());
        match is_up && !self.exempts(exchange) {
            true => ControlFlow::Break(self.answer(exchange.headers())),
            false => ControlFlow::Continue(()),
        }
    }
}

const TEXT: &str = "text/plain";
const JSON: &str = "application/json";
const HTML: &str = "text/html";

impl Sign {
    fn exempts(&self, exchange: &Exchange) -> bool {
        self.networks.has_peer(exchange.connection().peer) || self.paths.have(exchange)
    }

    #[cold]
    fn answer(&self, asked: &HeaderMap) -> Response {
        let accept = asked.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let accept: Vec<_> = accept.collect();
        let offers: &[_] = match self.page {
            Some(_) => &[TEXT, JSON, HTML],
            None => &[TEXT, JSON],
        };
        let (content_type, body) = match (accept::preferred(&accept, offers), &self.page) {
            (Some(JSON), _) => (JSON, &self.json),
            (Some(HTML), Some(page)) => ("text/html; charset=utf-8", page),
            _ => ("text/plain; charset=utf-8", &self.text),
        };
        let mut response = Response::new(Body::from(body.clone()));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(RETRY_AFTER, self.retry_after.clone());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("accept"));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, get, named, send, settings, wrap};
    use impasto::{App, Connection};
    use std::sync::Arc;

    fn app(options: &[(&str, &str)]) -> App {
        wrap(maintenance(settings(options)).unwrap(), named("app"))
    }

    #[tokio::test]
    async fn it_lasts_as_long_as_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("down");
        let app = app(&[("file", file.to_str().unwrap())]);
        assert_eq!(answer_to(&app, "/x").await.1, "app |/x");
        std::fs::write(&file, "").unwrap();
        let response = send(&app, get("/x")).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "60");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(answer_to(&app, "/x").await.0, StatusCode::OK);
    }

    #[tokio::test]
    async fn clients_are_told_as_they_like_it() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.html");
        std::fs::write(&page, "<p>soon").unwrap();
        let said = [("enabled", "yes"), ("message", "a \"break\"")];
        let plain = app(&said);
        let with_page = app(&[said[0], said[1], ("page", page.to_str().unwrap())]);
        let json =
            r#"{"error":{"code":503,"title":"Service Unavailable","message":"a \"break\""}}"#;
        for (app, accept, content_type, body) in [
            (&plain, "*/*", "text/plain; charset=utf-8", "a \"break\"\n"),
            (&plain, "text/html", "text/plain; charset=utf-8", "a \"break\"\n"),
            (&plain, "application/json", "application/json", json),
            (&with_page, "*/*", "text/plain; charset=utf-8", "a \"break\"\n"),
            (&with_page, "text/html, */*;q=0.8", "text/html; charset=utf-8", "<p>soon"),
        ] {
            let mut request = get("/");
            request.headers_mut().insert(ACCEPT, accept.parse().unwrap());
            let response = send(app, request).await;
            assert_eq!(response.headers()[CONTENT_TYPE], content_type, "{accept}");
            assert_eq!(response.body().as_bytes(), Some(body.as_bytes()), "{accept}");
        }
    }

    #[tokio::test]
    async fn some_are_let_through() {
        let options =
            [("enabled", "yes"), ("exempt_networks", "192.0.2.0/24"), ("exempt_paths", "/health")];
        let app = app(&options);
        for (peer, path, status) in [
            ([192, 0, 2, 1], "/", 200),
            ([198, 51, 100, 1], "/", 503),
            ([198, 51, 100, 1], "/health/x", 200),
        ] {
            let mut connection = Connection::default();
            connection.peer = Some((peer, 4711).into());
            let response = app.clone().handle(get(path), Some(Arc::new(connection))).await;
            assert_eq!(response.status(), status, "{peer:?} {path}");
        }
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |key, text| maintenance(settings(&[(key, text)])).unwrap_err().to_string();
        assert!(wrong("page", "/no/such/page").starts_with("`page` cannot be read: "));
        assert!(wrong("exempt_paths", "x").starts_with("`exempt_paths`: "));
        assert!(wrong("exempt_networks", "x").starts_with("`exempt_networks`: "));
    }
}
