//! The app behind the filters, of the same name and with the same words as in `tests/oracle/originals.py`.

use std::collections::BTreeMap;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use impasto::{App, Body, BoxFuture, Exchange, Handler, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

/// Says what it sees, with headers of its own where the section has `header NAME`s.
#[derive(Deserialize, JsonSchema)]
struct Echo {
    #[serde(default = "name")]
    name: String,
    #[serde(default = "status")]
    status: String,
    #[serde(flatten)]
    headers: BTreeMap<String, String>,
}

fn name() -> String {
    "echo".to_owned()
}

fn status() -> String {
    "200 OK".to_owned()
}

register!("original_echo" => echo, for "originals:echo");

const SEEN: [&str; 5] =
    ["x-user", "x-user-name", "x-openstack-request-id", "x-correlation-id", "authorization"];

fn echo(settings: Echo) -> anyhow::Result<App> {
    let status: StatusCode = settings.status.split(' ').next().unwrap_or_default().parse()?;
    let mut headers = HeaderMap::new();
    for (key, value) in &settings.headers {
        if let Some(name) = key.strip_prefix("header ") {
            headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
    }
    Ok(App::new(Says { name: settings.name, status, headers }))
}

struct Says {
    name: String,
    status: StatusCode,
    headers: HeaderMap,
}

impl Handler for Says {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(self.answer(exchange))
    }
}

impl Says {
    async fn answer(&self, exchange: &mut Exchange) -> Response {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let body = exchange.body_mut().collect().await.map(|body| text(&body.to_bytes()));
        let header = |name: &str| exchange.headers().get(name).map(|it| text(it.as_bytes()));
        let seen = SEEN.iter().filter_map(|name| Some((*name, header(name)?)));
        let connection = exchange.connection();
        let said = json!({
            "app": self.name,
            "script_name": decoded(&exchange.mount()),
            "path_info": decoded(exchange.path()),
            "query": exchange.query().unwrap_or_default(),
            "scheme": connection.scheme.as_str(),
            "host": header("host"),
            "client": connection.peer.map(|peer| peer.ip().to_string()),
            "body": body.unwrap_or_else(|error| error.to_string()),
            "headers": seen.collect::<BTreeMap<_, _>>(),
        });
        let is_sent = *exchange.method() != Method::HEAD;
        let body = if is_sent { Body::from(said.to_string()) } else { Body::empty() };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(self.headers.clone());
        response
    }
}

fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}
