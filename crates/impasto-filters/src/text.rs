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

/// What is said of the body of a request that is larger than `limit` bytes.
pub(crate) fn too_large(limit: u64) -> String {
    format!("the body of the request is larger than {limit} bytes\n")
}

/// Whether this is one or more letters, digits, `.`, `-` and `_`, which mean nothing else anywhere.
pub(crate) fn is_word(text: &[u8]) -> bool {
    let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !text.is_empty() && text.iter().all(is_allowed)
}

/// The answer where there is nothing.
pub(crate) fn not_found() -> Response {
    text(StatusCode::NOT_FOUND, "There is nothing at this address.\n")
}
