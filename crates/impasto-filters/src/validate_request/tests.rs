use http::header::VARY;
use http::{HeaderValue, StatusCode};

use super::*;
use crate::testing::{named, send, settings, with_body, wrap};

/// What is answered to a request with this body and these headers.
async fn answer(
    options: &[(&str, &str)],
    body: &'static str,
    headers: &[(&'static str, &str)],
) -> Response {
    let app = wrap(validate_request(settings(options)).unwrap(), named("app"));
    let mut request = with_body("POST", "/", body);
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    send(&app, request).await
}

#[tokio::test]
async fn a_header_must_have_its_value_once() {
    let options = [("header.X-Key", " secret "), ("header.X-Other", "1")];
    for (sent, status) in [
        (&[("x-key", "secret"), ("x-other", "1")][..], 200),
        (&[("x-key", "secret")], 403),
        (&[("x-key", "secre"), ("x-other", "1")], 403),
        (&[("x-key", "secret2"), ("x-other", "1")], 403),
        (&[("x-key", "SECRET"), ("x-other", "1")], 403),
        (&[("x-key", "secret"), ("x-key", "secret"), ("x-other", "1")], 403),
        (&[("x-key", "secret, secret"), ("x-other", "1")], 403),
        (&[("x-key", "secret\u{e9}"), ("x-other", "1")], 403),
        (&[("x_key", "secret"), ("x-other", "1")], 403),
        (&[], 403),
    ] {
        assert_eq!(answer(&options, "", sent).await.status(), status, "{sent:?}");
    }
}

#[tokio::test]
async fn a_client_must_take_one_of_the_types() {
    let options = [("accept", "application/json text/csv")];
    for (sent, status) in [
        (&[][..], 200),
        (&["*/*"], 200),
        (&["text/*"], 200),
        (&["Application/JSON; charset=utf-8"], 200),
        (&["text/html", "text/csv;q=0.1"], 200),
        (&["text/html"], 406),
        (&["application/json;q=0"], 406),
        (&["*/*, application/json;q=0, text/csv;q=0"], 406),
        (&["application/jsonx"], 406),
        (&[""], 406),
        (&["\u{e9}"], 406),
    ] {
        let headers: Vec<_> = sent.iter().map(|value| ("accept", *value)).collect();
        assert_eq!(answer(&options, "", &headers).await.status(), status, "{sent:?}");
    }
    let response = answer(&options, "", &[("accept", "text/html")]).await;
    assert_eq!(response.headers()[VARY], "accept");
    let words = "The answer could be sent as: application/json, text/csv\n";
    assert_eq!(response.body().as_bytes(), Some(words.as_bytes()));
}

#[tokio::test]
async fn a_body_must_be_of_one_of_the_types() {
    let options = [("content_type", "application/json, *+json")];
    for (body, content_type, status) in [
        ("{}", Some("application/json"), 200),
        ("{}", Some("application/problem+json; charset=utf-8"), 200),
        ("{}", Some("text/plain"), 415),
        ("{}", None, 415),
        ("", None, 200),
        ("", Some("text/plain"), 200),
    ] {
        let headers: Vec<_> = content_type.map(|it| ("content-type", it)).into_iter().collect();
        let response = answer(&options, body, &headers).await;
        assert_eq!(response.status(), status, "{body:?} {content_type:?}");
        if status == 415 {
            assert_eq!(response.headers()[ACCEPT], "application/json, *+json");
            assert_eq!(response.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
        }
    }
}

#[tokio::test]
async fn a_body_of_two_types_is_refused() {
    let two = [("content-type", "application/json"), ("content-type", "text/html")];
    let response = answer(&[("content_type", "application/json")], "{}", &two).await;
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn what_the_secret_is_nobody_is_told() {
    let response = answer(&[("header.X-Key", "secret")], "", &[]).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(response.body().as_bytes(), Some(&b"The request is not allowed.\n"[..]));
}

#[test]
fn wrong_settings_are_named() {
    let wrong = |options: &[_]| validate_request(settings(options)).unwrap_err().to_string();
    assert_eq!(wrong(&[]), "`header`: nothing is asked of requests");
    assert_eq!(wrong(&[("header.X-A", " ")]), "`header.X-A` must have a value");
    assert_eq!(wrong(&[("header.a b", "x")]), "`header.a b`: \"a b\" is not the name of a header");
    for accept in ["json", "a/b/c", "text/*", "*/*", "a/", "a/b;q=1"] {
        let expected = format!("`accept`: {accept:?} is no media type");
        assert_eq!(wrong(&[("accept", accept)]), expected);
    }
    assert_eq!(wrong(&[("content_type", "json")]), "`content_type`: \"json\" is no media type");
}
