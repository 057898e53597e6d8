use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use impasto::{App, Body, Response, SettingError, SettingErrors, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::header_map;

/// Answers every request with the same text.
///
/// For a versions document, a maintenance page, a `robots.txt`, or the place of an app that is still
/// to come. Every method and every path below the mount point gets the same answer.
///
/// ```ini
/// [app:versions]
/// use = egg:impasto#respond
/// content_type = application/json
/// body = {"versions": [{"id": "v2.1", "status": "CURRENT"}]}
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Respond {
    /// The body of the answer, as it is written. Empty by default.
    body: String,
    /// The status of the answer, from 200 to 599. 200 by default.
    #[schemars(range(min = 200, max = 599))]
    status: u16,
    /// The `Content-Type` of the answer; none is sent when the body is empty.
    content_type: String,
}

impl Default for Respond {
    fn default() -> Respond {
        Respond {
            body: String::new(),
            status: 200,
            content_type: "text/plain; charset=utf-8".to_owned(),
        }
    }
}

register!("respond" => respond);

fn respond(settings: Respond) -> anyhow::Result<App> {
    let status = StatusCode::from_u16(settings.status)?;
    let mut errors = SettingErrors::default();
    let body = Bytes::from(settings.body);
    // RFC 9110, 15.3.5, 15.3.6 and 15.4.5.
    let bodiless = [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT, StatusCode::NOT_MODIFIED];
    if bodiless.contains(&status) && !body.is_empty() {
        let message = format!("must be empty: an answer with status {status} has no body");
        errors.check::<()>(Err(SettingError::new("body", message)));
    }
    let content_type = HeaderValue::try_from(settings.content_type)
        .map_err(|_| SettingError::new("content_type", "cannot be written in a header"));
    let content_type = errors.check(content_type);
    errors.finish(())?;
    let content_type = content_type.filter(|_| !body.is_empty());
    let (content_type, body) = (content_type.as_ref().map(header_map::to_copy), body.clone());
    Ok(App::at_once(move |exchange| {
        let mut response = Response::new(Body::from(body.clone()));
        *response.status_mut() = status;
        header_map::recycle(exchange, &mut response);
        if let Some(content_type) = &content_type {
            response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
        }
        response
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send};

    #[tokio::test]
    async fn every_request_gets_the_answer() {
        let settings = Respond { body: "gone".to_owned(), status: 410, ..Respond::default() };
        let response = send(&respond(settings).unwrap(), get("/any/where")).await;
        assert_eq!(response.status(), StatusCode::GONE);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
        assert_eq!(response.body().as_bytes(), Some(&b"gone"[..]));
    }

    #[test]
    fn an_answer_that_http_does_not_know_is_refused() {
        let wrong = |settings: Respond| respond(settings).unwrap_err().to_string();
        for status in ["0", "101", "600", "x"] {
            let error = crate::testing::refused::<Respond>(&[("status", status)]);
            let range = "must be a whole number from 200 to 599";
            assert_eq!(error, format!("`status` {range}, not `{status}`"));
        }
        let body = "x".to_owned();
        assert!(wrong(Respond { body, status: 204, ..Respond::default() }).contains("no body"));
        let content_type = "a\nb".to_owned();
        assert!(wrong(Respond { content_type, ..Respond::default() }).contains("in a header"));
    }
}
