use std::error::Error;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};

use super::panic::Panic;
use super::{Body, BoxError, Exchange, Mount, Response};

/// Why the stack answered 500 by itself: a panic, or the error of a tower service. A response extension.
///
/// The reason has been logged as an error, and is not in the response's body. A filter that logs or renders errors
/// finds it here.
///
/// ```
/// use impasto::{Failure, Filter};
///
/// let note = Filter::on_response(|exchange, response| {
///     if let Some(failure) = response.extensions().get::<Failure>() {
///         println!("{} failed: {failure}", exchange.path());
///     }
/// });
/// # let _ = note;
/// ```
#[derive(Clone, Debug)]
pub struct Failure(Arc<str>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a log line says of the request that failed. The query stays out of it: it may carry secrets.
#[derive(Default)]
pub(super) struct Facts<'a> {
    method: Option<&'a Method>,
    path: &'a str,
    request_id: Option<&'a HeaderValue>,
}

impl<'a> From<&'a Exchange> for Facts<'a> {
    fn from(exchange: &'a Exchange) -> Facts<'a> {
        let path = exchange.uri().path();
        Facts { method: Some(exchange.method()), path, request_id: exchange.request_id() }
    }
}

impl<'a> From<Option<&'a Mount>> for Facts<'a> {
    fn from(mount: Option<&'a Mount>) -> Facts<'a> {
        mount.map_or_else(Facts::default, |mount| Facts {
            method: Some(mount.method()),
            path: mount.original_uri().path(),
            request_id: mount.request_id(),
        })
    }
}

impl Facts<'_> {
    /// Logs a panic that was caught, and answers for what panicked.
    #[cold]
    pub(super) fn answer_panic(self, panic: Panic) -> Response {
        let Facts { method, path, request_id } = self;
        let Panic { message, place, backtrace } = panic;
        let (method, request_id) = (method.map(Method::as_str), request_id.map(text));
        tracing::error!(panic = message, place, method, path, request_id, "panicked");
        if let Some(backtrace) = backtrace {
            tracing::debug!("the panic came from\n{backtrace}");
        }
        internal_error(format!("panicked: {message}").into())
    }

    /// Logs the error of a tower service, and answers for it.
    #[cold]
    pub(super) fn answer_error(self, error: BoxError) -> Response {
        let Facts { method, path, request_id } = self;
        let (method, request_id) = (method.map(Method::as_str), request_id.map(text));
        let reason = chain(&*error);
        tracing::error!(error = reason, method, path, request_id, "a service failed");
        internal_error(reason.into())
    }
}

fn internal_error(reason: Arc<str>) -> Response {
    let mut response = Response::new(Body::from("Internal Server Error\n"));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.extensions_mut().insert(Failure(reason));
    response
}

/// The error and its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(line, ": {error}");
        cause = error.source();
    }
    line
}

fn text(id: &HeaderValue) -> &str {
    id.to_str().unwrap_or("(not text)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = anyhow::anyhow!("no such file").context("cannot open the cache");
        assert_eq!(chain(error.as_ref()), "cannot open the cache: no such file");
    }

    #[test]
    fn the_reason_is_kept_for_filters_and_out_of_the_body() {
        let response = Facts::default().answer_error("secret".into());
        assert_eq!(response.extensions().get::<Failure>().unwrap().to_string(), "secret");
        assert_eq!(response.body().as_bytes(), Some(&b"Internal Server Error\n"[..]));
    }
}
