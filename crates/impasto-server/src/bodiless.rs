//! Answers that have no body.

use http::header::CONTENT_LENGTH;
use http::{Method, StatusCode};
use http_body::Body as _;
use impasto::{Body, Response};

/// Takes the body from the answer to a `HEAD`, and from a 204 and a 304 (RFC 9110, 6.4.1). hyper does that
/// for HTTP/1; over HTTP/2 it sends whatever there is, and clients take that for an error.
pub(crate) fn take_body(method: &Method, response: &mut Response) {
    let is_head = *method == Method::HEAD;
    let has_none = matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if !is_head && !has_none {
        return;
    }
    let body = std::mem::replace(response.body_mut(), Body::empty());
    // Of nothing, hyper would not say how long it would have been.
    if !has_none
        && !response.headers().contains_key(CONTENT_LENGTH)
        && let Some(length @ 1..) = body.size_hint().exact()
    {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_have_a_body_keeps_it() {
        for (method, status, length, is_kept) in [
            (Method::GET, 200, None, true),
            (Method::POST, 404, None, true),
            (Method::HEAD, 200, Some("4"), false),
            (Method::HEAD, 304, None, false),
            (Method::GET, 204, None, false),
            (Method::GET, 304, None, false),
        ] {
            let mut response = Response::new(Body::from("text"));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            take_body(&method, &mut response);
            let said =
                response.headers().get(CONTENT_LENGTH).map(|length| length.to_str().unwrap());
            assert_eq!(said, length, "{method} {status}");
            assert_eq!(!response.body().is_end_stream(), is_kept, "{method} {status}");
        }
    }

    #[test]
    fn an_app_may_know_the_length_better() {
        let mut response = Response::default();
        response.headers_mut().insert(CONTENT_LENGTH, 7.into());
        take_body(&Method::HEAD, &mut response);
        assert_eq!(response.headers()[CONTENT_LENGTH], "7");
    }
}
