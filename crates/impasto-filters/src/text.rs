//! Short answers in plain text.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use impasto::{Body, Response};

/// The media type of plain text.
pub(crate) const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// An answer in words.
pub(crate) fn text(status: StatusCode, words: impl Into<Body>) -> Response {
    let mut response = Response::new(words.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, PLAIN);
    response
}
