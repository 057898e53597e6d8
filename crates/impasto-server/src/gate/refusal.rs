//! How a request is refused.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use impasto::{Body, Response};

/// A status, and what the client did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    why: &'static str,
}

impl Refusal {
    pub(crate) const URL_TOO_LONG: Refusal =
        Refusal::new(StatusCode::URI_TOO_LONG, "the target is too long");
    pub(crate) const TOO_MANY_HEADERS: Refusal =
        Refusal::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "there are too many headers");
    pub(crate) const TOO_LARGE: Refusal =
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
    pub(crate) const TOO_SLOW: Refusal =
        Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body took too long to come");
    pub(crate) const MISDIRECTED: Refusal = Refusal::new(
        StatusCode::MISDIRECTED_REQUEST,
        "the connection is for another host than the request",
    );
    pub(crate) const MALFORMED: Refusal = Refusal::bad("the body is malformed");

    pub(super) const fn new(status: StatusCode, why: &'static str) -> Refusal {
        Refusal { status, why }
    }

    pub(super) const fn bad(why: &'static str) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, why)
    }

    pub(super) const fn not_implemented(why: &'static str) -> Refusal {
        Refusal::new(StatusCode::NOT_IMPLEMENTED, why)
    }

    #[cfg(test)]
    pub(crate) fn status(self) -> StatusCode {
        self.status
    }

    /// Whether nothing that comes after such a request is looked at. Where only the host is the wrong
    /// one, there are others.
    pub(crate) fn ends_the_connection(self) -> bool {
        self != Refusal::MISDIRECTED
    }

    /// The reason as a text, for whoever wrote the client.
    pub(crate) fn response(self) -> Response {
        let mut response = Response::new(Body::from(self.why));
        *response.status_mut() = self.status;
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, plain);
        response
    }
}
