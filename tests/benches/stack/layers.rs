//! The eight filters of `stack.ini` as one writes them by hand: a static stack of tower-http's layers.

use std::convert::Infallible;
use std::fs::File;
use std::io::BufWriter;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, USER_AGENT, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::{Body, Incoming};
use impasto::BoxError;
use tower::{Service, ServiceBuilder, service_fn};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

use crate::servers::hello;

/// Where the client of a request is, as its proxy says.
#[derive(Clone)]
struct Client(#[expect(dead_code, reason = "the app does not ask")] IpAddr);

pub(crate) fn stack() -> impl Service<
    Request<Incoming>,
    Response = Response<impl Body<Data = Bytes, Error: Into<BoxError>> + Send>,
    Error = Infallible,
    Future: Send,
> + Clone
+ Send
+ 'static {
    let cors = CorsLayer::new()
        .allow_origin([HeaderValue::from_static("https://horizon.example.org")])
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .expose_headers([HeaderName::from_static("x-request-id")]);
    ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(log))
        .layer(PropagateRequestIdLayer::x_request_id())
        .map_request(forwarded)
        .layer(header(STRICT_TRANSPORT_SECURITY, "max-age=31536000"))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(X_FRAME_OPTIONS, "DENY"))
        .layer(header(REFERRER_POLICY, "strict-origin-when-cross-origin"))
        .layer(cors)
        .layer(RequestBodyLimitLayer::new(112 * 1024))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(30),
        ))
        .layer(CatchPanicLayer::new())
        .service(service_fn(hello))
}

/// Sends the log to a file, through a buffer, as the other log has one.
pub(crate) fn log_to(path: &str) -> std::io::Result<()> {
    let file = BufWriter::new(File::options().append(true).open(path)?);
    tracing_subscriber::fmt().with_ansi(false).with_writer(Mutex::new(file)).init();
    Ok(())
}

fn span<B>(request: &Request<B>) -> Span {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    tracing::info_span!(
        "request",
        method = %request.method(),
        uri = %request.uri(),
        agent = header(USER_AGENT),
        id = header(HeaderName::from_static("x-request-id")),
    )
}

fn log<B>(response: &Response<B>, latency: Duration, _: &Span) {
    tracing::info!(status = response.status().as_u16(), ?latency);
}

/// Only the proxy in front is believed, which adds itself at the end.
fn forwarded<B>(mut request: Request<B>) -> Request<B> {
    let list = request.headers().get("x-forwarded-for").and_then(|list| list.to_str().ok());
    let last = list.and_then(|list| list.rsplit(',').next());
    if let Some(client) = last.and_then(|client| client.trim().parse().ok()) {
        request.extensions_mut().insert(Client(client));
    }
    request
}

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
