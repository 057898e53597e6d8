use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tower_service::Service;

use super::service::{Bridge, ServiceFuture};
use super::{App, Body, BoxError, Mount, Request, Response};

/// What a tower layer wraps: the filters further in and the app, as a tower service.
///
/// It takes a request with any body, is always ready and never fails. A layer may call it from another task, more
/// than once, or with a request that it made itself. Such a request has lost the extensions; as long as the call is
/// made from within the layer's own future, connection, mount point and request id are found again.
#[derive(Clone)]
pub struct Rest(App);

impl Rest {
    pub(super) fn new(app: App) -> Rest {
        Rest(app)
    }
}

impl<B> Service<http::Request<B>> for Rest
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ServiceFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> ServiceFuture {
        let mut request = request.map(Body::new);
        let mount = Mount::of(&request).or_else(|| Mount::restore(&mut request));
        self.0.answer(request, mount)
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rest").field(&self.0).finish()
    }
}

/// What the service of a tower layer must be for [`Filter::layer`](crate::Filter::layer). Implemented for every type
/// that is one.
///
/// A rate limit cannot be cloned, so it goes under a buffer:
///
/// ```compile_fail,E0277
/// # use std::time::Duration;
/// # use impasto::Filter;
/// # use tower::limit::RateLimitLayer;
/// Filter::layer(RateLimitLayer::new(100, Duration::from_secs(1)));
/// ```
///
/// ```
/// # use std::time::Duration;
/// # use impasto::Filter;
/// # use tower::{ServiceBuilder, buffer::BufferLayer, limit::RateLimitLayer};
/// let limit = RateLimitLayer::new(100, Duration::from_secs(1));
/// Filter::layer(ServiceBuilder::new().layer(BufferLayer::new(1024)).layer(limit));
/// ```
///
/// `axum::middleware::from_fn` takes axum's body only, so one that changes the body goes around it:
///
/// ```
/// # use impasto::{Filter, Request};
/// # use axum::{extract, middleware::{Next, from_fn}, response::Response};
/// # use tower::ServiceBuilder;
/// async fn middleware(request: extract::Request, next: Next) -> Response {
///     next.run(request).await
/// }
///
/// let axum_body = |request: Request| request.map(axum::body::Body::new);
/// Filter::layer(ServiceBuilder::new().map_request(axum_body).layer(from_fn(middleware)));
/// ```
#[diagnostic::on_unimplemented(
    message = "the service this layer makes cannot be a filter",
    label = "it must be `Service<impasto::Request>` as well as `Clone + Send + Sync + 'static`",
    note = "its response must be an `http::Response` of any body of `Bytes`, its error `Into<BoxError>`, its future `Send`",
    note = "a service that cannot be cloned goes under a `tower::buffer::BufferLayer`",
    note = "a layer for one kind of request body only (`axum::middleware::from_fn`) goes under one that changes the body: \
            `ServiceBuilder::new().map_request(|request: Request| request.map(axum::body::Body::new)).layer(..)`"
)]
pub trait LayerService: Sized {
    #[doc(hidden)]
    fn into_app(self) -> App;

    #[doc(hidden)]
    fn into_app_or_else(self, answer: Arc<dyn Fn(BoxError) -> Response + Send + Sync>) -> App;
}

impl<S, B> LayerService for S
where
    S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>,
    S: Clone + Send + Sync + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn into_app(self) -> App {
        App::service(self)
    }

    fn into_app_or_else(self, answer: Arc<dyn Fn(BoxError) -> Response + Send + Sync>) -> App {
        App::bridged(Arc::new(Bridge::answering(self, answer)))
    }
}
