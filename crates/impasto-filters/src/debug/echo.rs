//! A request as text.

use std::io::Write;

use http::header::X_CONTENT_TYPE_OPTIONS;
use http::{HeaderValue, StatusCode};
use impasto::{Exchange, Response};

use crate::text;

/// What came in, each header field on one line and nothing twice; then an empty line and the body as
/// it came.
pub(super) fn echo(exchange: &Exchange, body: &[u8]) -> Response {
    let mut shown = Vec::with_capacity(512 + body.len());
    let facts = [
        ("method", exchange.method().as_str()),
        ("mount", &exchange.mount()),
        ("path", exchange.path()),
        ("query", exchange.query().unwrap_or_default()),
    ];
    for (name, value) in facts {
        line(&mut shown, name, value.as_bytes());
    }
    shown.push(b'\n');
    for (name, value) in exchange.headers() {
        line(&mut shown, name.as_str(), value.as_bytes());
    }
    shown.push(b'\n');
    shown.extend_from_slice(body);
    let mut response = text(StatusCode::OK, shown);
    // The text is the client's own, so a browser must not take it for a page.
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn line(shown: &mut Vec<u8>, name: &str, value: &[u8]) {
    // Writing to a vector does not fail.
    let _ = write!(shown, "{name}: ");
    shown.extend_from_slice(value);
    shown.push(b'\n');
}
