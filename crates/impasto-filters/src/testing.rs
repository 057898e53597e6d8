//! What the tests of all components need: an app, a request, an answer.

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use impasto::{
    App, Body, BoxFuture, Conf, Exchange, Filter, Handler, Loader, Options, Problems, Request,
    Response,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

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

/// An app that answers with `name`, and with how the request lies under its mount point.
pub(crate) fn named(name: &'static str) -> App {
    App::new(Named(name))
}

struct Named(&'static str);

impl Handler for Named {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        let text = format!("{} {}|{}", self.0, exchange.mount(), exchange.path());
        Box::pin(std::future::ready(Response::new(text.into())))
    }
}

/// A body that comes as a stream, so that it can be read only once.
pub(crate) fn streamed(text: &'static str) -> Body {
    Body::from(text).on_end(|_| ())
}

/// A body that ends in an error after its first frame.
pub(crate) fn broken_body() -> Body {
    let frames = [Ok(Frame::data(Bytes::from_static(b"begun"))), Err("the client went away")];
    Body::new(StreamBody::new(stream::iter(frames)))
}

/// The settings that these options of a section mean.
pub(crate) fn settings<S: DeserializeOwned + JsonSchema + 'static>(options: &[(&str, &str)]) -> S {
    let local: Conf = options.iter().copied().collect();
    let global = Conf::default();
    Options { local: &local, global: &global, section: "test", place: None }.read().unwrap()
}

/// What is said of settings that cannot be read.
pub(crate) fn refused<S: DeserializeOwned + JsonSchema + 'static>(
    options: &[(&str, &str)],
) -> String {
    let local: Conf = options.iter().copied().collect();
    let global = Conf::default();
    let options = Options { local: &local, global: &global, section: "test", place: None };
    let problems = options.read::<S>().err().unwrap();
    problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ")
}

/// The app `main` of a file.
pub(crate) fn load(file: &str) -> Result<App, Problems> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("api-paste.ini");
    std::fs::write(&path, file).unwrap();
    Loader::open(path)?.app("main")
}
