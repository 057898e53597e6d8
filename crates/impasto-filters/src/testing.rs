//! What the tests of all components need: an app, a request, an answer.

use http::StatusCode;
use http_body_util::BodyExt;
use impasto::{App, Body, Filter, Request, Response};

/// `app` inside one filter.
pub(crate) fn wrap(filter: Filter, app: App) -> App {
    app.filtered(&[filter])
}

/// A `GET` of `uri`.
pub(crate) fn get(uri: &str) -> Request {
    with_body("GET", uri, Body::empty())
}

/// A request with a body.
pub(crate) fn with_body(method: &str, uri: &str, body: impl Into<Body>) -> Request {
    Request::builder().method(method).uri(uri).body(body.into()).unwrap()
}

/// What `app` answers, over no connection.
pub(crate) async fn send(app: &App, request: Request) -> Response {
    app.clone().handle(request, None).await
}

/// What `app` answers, as its status and the whole body as text.
pub(crate) async fn answer(app: &App, request: Request) -> (StatusCode, String) {
    let (head, body) = send(app, request).await.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (head.status, String::from_utf8(bytes.into()).unwrap())
}

/// What `app` answers to a `GET` of `uri`.
pub(crate) async fn answer_to(app: &App, uri: &str) -> (StatusCode, String) {
    answer(app, get(uri)).await
}
