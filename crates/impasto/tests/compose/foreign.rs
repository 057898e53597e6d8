use std::future::Ready;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use impasto::{App, Body, Connection, Exchange, Filter, Next, Request, Response, filter_fn};
use tower::ServiceExt;
use tower::buffer::BufferLayer;
use tower::limit::RateLimitLayer;
use tower::retry::{Policy, RetryLayer};

use crate::support::{Log, text};

/// An app that says all it knows around the request.
async fn context(exchange: &mut Exchange) -> Response {
    let peer = exchange.connection().peer.map(|peer| peer.to_string()).unwrap_or_default();
    let id = exchange.request_id().and_then(|id| id.to_str().ok()).unwrap_or_default();
    Response::new(Body::from(format!("{peer} {id} {}|{}", exchange.mount(), exchange.path())))
}

const CONTEXT: &str = "192.0.2.1:9 id /a|/b";

/// `app` inside `filter`, mounted at `/a`, with a request that has everything.
async fn run(app: App, filter: Filter) -> Response {
    let mount = Filter::on_request(|exchange| {
        exchange.mount_at("/a".len());
        exchange.set_request_id(HeaderValue::from_static("id"));
        ControlFlow::Continue(())
    });
    let mut connection = Connection::default();
    connection.peer = Some(SocketAddr::from(([192, 0, 2, 1], 9)));
    let request = Request::get("/a/b").header("x-try", "1").body(Body::from("again")).unwrap();
    app.filtered(&[mount, filter]).handle(request, Some(Arc::new(connection))).await
}

#[tokio::test]
async fn a_layer_may_run_the_rest_in_another_task() {
    let filter = Filter::layer(
        tower::ServiceBuilder::new()
            .layer(BufferLayer::new(4))
            .layer(RateLimitLayer::new(9, Duration::from_secs(60))),
    );
    assert_eq!(text(run(App::from_fn(context), filter).await).await, CONTEXT);
}

#[derive(Clone)]
struct TwoMore(u32);

impl Policy<Request, Response, std::convert::Infallible> for TwoMore {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _: &mut Request,
        result: &mut Result<Response, std::convert::Infallible>,
    ) -> Option<Ready<()>> {
        let failed = result.as_ref().is_ok_and(|response| response.status().is_server_error());
        self.0 = self.0.checked_sub(1)?;
        failed.then(|| std::future::ready(()))
    }

    fn clone_request(&mut self, request: &Request) -> Option<Request> {
        let mut copy = Request::new(request.body().try_clone()?);
        *copy.uri_mut() = request.uri().clone();
        *copy.headers_mut() = request.headers().clone();
        *copy.extensions_mut() = request.extensions().clone();
        Some(copy)
    }
}

/// An app that succeeds at the third try, if it was given the whole request each time.
fn flaky(log: &Log) -> App {
    let log = log.clone();
    let hook = Filter::on_request(move |exchange| {
        let whole = exchange.headers().contains_key("x-try")
            && exchange.body().as_bytes() == Some(b"again");
        log.add(format!("{} {whole}", exchange.path()));
        let tries = log.take();
        tries.iter().for_each(|line| log.add(line.as_str()));
        match tries.len() {
            3 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(
                http::Response::builder().status(503).body(Body::empty()).unwrap(),
            ),
        }
    });
    App::from_fn(context).filtered(&[hook])
}

#[tokio::test]
async fn a_layer_may_replay_the_request() {
    let log = Log::default();
    let response = run(flaky(&log), Filter::layer(RetryLayer::new(TwoMore(2)))).await;
    assert_eq!(log.take(), ["/b true"; 3]);
    assert_eq!(text(response).await, CONTEXT);
}

#[tokio::test]
async fn an_async_filter_may_replay_the_request() {
    async fn retry(exchange: &mut Exchange, mut next: Next<'_>) -> Response {
        loop {
            let (again, copy) = (next.again(), exchange.try_clone_request());
            let response = next.run(exchange).await;
            let (503, Some(copy)) = (response.status().as_u16(), copy) else { return response };
            exchange.set_request(copy);
            next = again;
        }
    }
    let log = Log::default();
    // The layer consumes the request each time.
    let app = flaky(&log).filtered(&[Filter::layer(tower::layer::util::Identity::new())]);
    let response = run(app, filter_fn(retry)).await;
    assert_eq!(log.take(), ["/b true"; 3]);
    assert_eq!(text(response).await, CONTEXT);
}

#[tokio::test]
async fn what_is_around_a_request_is_found_again_for_one_that_a_layer_made() {
    let fresh = Filter::layer(tower::util::MapRequestLayer::new(|request: Request| {
        Request::get(request.uri()).body(request.into_body()).unwrap()
    }));
    assert_eq!(text(run(App::from_fn(context), fresh.clone()).await).await, CONTEXT);

    // The end of the stack is an axum router, with no exchange in between.
    async fn handler(mount: axum::Extension<impasto::Mount>) -> String {
        mount.path("/c")
    }
    let router = axum::Router::new().route("/b", axum::routing::get(handler));
    assert_eq!(text(run(App::service(router), fresh).await).await, "/a/c");
}

#[tokio::test]
async fn an_app_called_by_itself_knows_nothing_of_the_request_around_it() {
    async fn other(_: &mut Exchange) -> Response {
        App::from_fn(context)
            .oneshot(Request::get("/x").body(Body::empty()).unwrap())
            .await
            .unwrap()
    }
    let identity = Filter::layer(tower::layer::util::Identity::new());
    assert_eq!(text(run(App::from_fn(other), identity).await).await, "  |/x");
}
