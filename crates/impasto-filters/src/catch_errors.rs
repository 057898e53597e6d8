mod error_catcher;
mod fault;
mod heat_fault;

use std::ops::ControlFlow;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};
use impasto::{Body, Exchange, Failure, Filter, Hook, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::accept;

/// Gives a request that failed inside an answer that its client can report.
///
/// A panic in an app or a filter, or the error of a tower service, never ends the server: the stack
/// itself answers 500 and writes the reason to the log. This filter replaces the body of that answer by
/// one that says no more than that something failed; of the reason itself nothing is in it. Text and `json`
/// name the request's id, by which the reason is found in the log. A 500 that an app answers in its own
/// words is left alone, as in oslo.middleware.
///
/// It belongs outside everything that may fail, and so at the beginning of a pipeline: the first of all or inside
/// `access_log`, `request_id` and `cors`, which do not fail and give its answers what they give to others.
///
/// ```ini
/// [filter:catch_errors]
/// use = egg:impasto#catch_errors
/// format = json
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
#[derive(Default)]
struct CatchErrors {
    /// How the body is written.
    format: Format,
    /// Of oslo.config, whose files have no settings for this filter: accepted, and without effect.
    oslo_config_project: Option<String>,
    /// Of oslo.config; without effect.
    oslo_config_program: Option<String>,
    /// Of oslo.config; without effect.
    oslo_config_file: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// As `fault` for clients that rather have JSON than text (RFC 9110, 12.5.1), else as `text`.
    #[default]
    Accept,
    /// A line of text, and one with the id.
    Text,
    /// `{"error": {"code": 500, "title": "Internal Server Error", "request_id": "..."}}`, the shape
    /// that keystone's errors have.
    Json,
    /// `{"computeFault": {"code": 500, "message": "..."}}`, the shape of nova's, cinder's and manila's.
    Fault,
    /// `{"code": 500, "title": "...", "explanation": "...", "error": {...}}`, the shape of heat's.
    Heat,
}

register!("catch_errors" => catch_errors, for
    "oslo_middleware:CatchErrors.factory",
    "oslo_middleware.catch_errors:CatchErrors.factory",
    "egg:oslo.middleware#catch_errors",
    may answer,
    order [
        before "authentication", "request-body", "size_limit", "csrf", "etag", "compress", "timeout", "rate_limit", "concurrency_limit", "ip_access", "validate_request": "a fault in the other one would be answered without it";
        once: "the inner one leaves nothing to the outer one";
    ],
);

fn catch_errors(settings: CatchErrors) -> Filter {
    Filter::hook(Catch(settings.format))
}

struct Catch(Format);

/// Keeps what the client accepts: that is not certain to be known on the way out, and is read only when
/// something has failed.
impl Hook<Option<HeaderValue>> for Catch {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Option<HeaderValue>> {
        ControlFlow::Continue(match self.0 {
            Format::Accept => accepted(exchange.headers()),
            _ => None,
        })
    }

    fn on_response(
        &self,
        exchange: &mut Exchange,
        accepted: Option<HeaderValue>,
        response: &mut Response,
    ) {
        if response.status() == StatusCode::INTERNAL_SERVER_ERROR
            && response.extensions().get::<Failure>().is_some()
        {
            let format = match self.0 {
                Format::Accept if accepted.is_some_and(prefers_json) => Format::Fault,
                Format::Accept => Format::Text,
                format => format,
            };
            format.apply(exchange, response);
        }
    }
}

/// What the client accepts, as one list.
fn accepted(headers: &HeaderMap) -> Option<HeaderValue> {
    let values = headers.get_all(ACCEPT);
    let mut lines = values.iter();
    let first = lines.next()?;
    if lines.next().is_none() {
        return Some(first.clone());
    }
    let lines: Vec<&[u8]> = values.iter().map(HeaderValue::as_bytes).collect();
    HeaderValue::from_bytes(&lines.join(&b", "[..])).ok()
}

fn prefers_json(accepted: HeaderValue) -> bool {
    let accepted = accepted.to_str().unwrap_or_default();
    accept::preferred(&[accepted], &["text/plain", "application/json"]) == Some("application/json")
}

impl Format {
    #[cold]
    fn apply(self, exchange: &Exchange, response: &mut Response) {
        let id = exchange.request_id().and_then(|id| id.to_str().ok()).filter(|id| is_plain(id));
        let (content_type, body) = match (self, id) {
            (Format::Fault, _) => (fault::CONTENT_TYPE, fault::BODY.to_owned()),
            (Format::Heat, _) => (JSON, heat_fault::BODY.to_owned()),
            (Format::Json, None) => (JSON, json("")),
            (Format::Json, Some(id)) => (JSON, json(&format!(r#", "request_id": "{id}""#))),
            (_, None) => (TEXT, "Internal Server Error\n".to_owned()),
            (_, Some(id)) => (TEXT, format!("Internal Server Error\nrequest: {id}\n")),
        };
        let headers = response.headers_mut();
        for about_the_old_body in [CONTENT_ENCODING, CONTENT_LENGTH, ETAG] {
            headers.remove(about_the_old_body);
        }
        headers.insert(CONTENT_TYPE, content_type);
        *response.body_mut() = Body::from(Bytes::from(body));
    }
}

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn json(more: &str) -> String {
    format!(r#"{{"error": {{"code": 500, "title": "Internal Server Error"{more}}}}}"#)
}

/// Whether an id needs no escaping in either format. One that does is somebody else's, and left out.
fn is_plain(id: &str) -> bool {
    !id.contains(['"', '\\']) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, get, send, wrap};
    use impasto::App;
    use std::ops::ControlFlow;

    fn failing(format: Format, id: &'static str) -> App {
        let named = Filter::on_request(move |exchange| {
            exchange.set_request_id(HeaderValue::from_static(id));
            ControlFlow::Continue(())
        });
        let app = App::from_fn(async |exchange: &mut Exchange| match exchange.path() {
            "/panic" => panic!("the password is hunter2"),
            _ => crate::text(StatusCode::INTERNAL_SERVER_ERROR, "my own words"),
        });
        let settings = CatchErrors { format, ..CatchErrors::default() };
        app.filtered(&[named, catch_errors(settings)])
    }

    #[tokio::test]
    async fn a_panic_becomes_a_body_with_the_id_and_without_the_reason() {
        let (status, body) = answer_to(&failing(Format::Text, "r-1"), "/panic").await;
        assert_eq!((status.as_u16(), &*body), (500, "Internal Server Error\nrequest: r-1\n"));
        let app = failing(Format::Json, "r-1");
        let response = send(&app, get("/panic")).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        assert!(response.extensions().get::<Failure>().is_some());
        let expected =
            r#"{"error": {"code": 500, "title": "Internal Server Error", "request_id": "r-1"}}"#;
        assert_eq!(answer_to(&app, "/panic").await.1, expected);
    }

    #[tokio::test]
    async fn a_client_that_rather_has_json_gets_a_fault() {
        let app = failing(Format::Accept, "r-1");
        for (accept, is_fault) in [
            ("application/json", true),
            ("text/plain;q=0.9, application/JSON", true),
            ("application/json;q=0.5, */*;q=0.1", true),
            ("*/*", false),
            ("application/json;q=0.5, text/plain", false),
            ("application/json;q=0", false),
            ("application/json, text/plain", false),
            ("text/html", false),
        ] {
            let mut request = get("/panic");
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
            let response = send(&app, request).await;
            let content_type = response.headers()[CONTENT_TYPE].to_str().unwrap();
            let expected = if is_fault {
                "application/json; charset=UTF-8"
            } else {
                "text/plain; charset=utf-8"
            };
            assert_eq!(content_type, expected, "{accept}");
        }
    }

    #[tokio::test]
    async fn an_error_of_the_app_keeps_its_own_words() {
        let (_, body) = answer_to(&failing(Format::Json, "r-1"), "/").await;
        assert!(body.contains("my own words"));
    }

    #[tokio::test]
    async fn an_id_that_would_need_escaping_is_left_out() {
        let (_, body) = answer_to(&failing(Format::Json, "a\"b"), "/panic").await;
        assert_eq!(body, json(""));
        let app = wrap(
            catch_errors(CatchErrors::default()),
            App::from_fn(async |_: &mut Exchange| panic!("no id at all")),
        );
        assert_eq!(answer_to(&app, "/").await.1, "Internal Server Error\n");
    }
}
