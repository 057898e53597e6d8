//! Short answers in plain text.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use impasto::{Body, Response};

/// An answer in words.
pub(crate) fn text(status: StatusCode, words: impl Into<Body>) -> Response {
    let mut response = Response::new(words.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// The answer where there is nothing.
pub(crate) fn not_found() -> Response {
    text(StatusCode::NOT_FOUND, "There is nothing at this address.\n")
}
