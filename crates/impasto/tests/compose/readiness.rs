use std::time::{Duration, Instant};

use futures_util::FutureExt;
use impasto::{App, Exchange, Filter, Response};
use tower::limit::ConcurrencyLimitLayer;

use crate::support::{Log, get};

#[tokio::test(start_paused = true)]
async fn a_request_waits_until_the_service_is_ready() {
    async fn slow(_: &mut Exchange) -> Response {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Response::default()
    }
    let log = Log::default();
    let app =
        App::from_fn(slow).filtered(&[log.hook("a"), Filter::layer(ConcurrencyLimitLayer::new(1))]);
    let start = (tokio::time::Instant::now(), Instant::now());
    let (one, two) = tokio::join!(get(&app, "/"), get(&app, "/"));
    assert!(one.status().is_success() && two.status().is_success());
    assert_eq!(start.0.elapsed().as_secs(), 2);
    assert!(start.1.elapsed() < Duration::from_secs(1));
    assert_eq!(log.take(), ["a", "a", "A 200", "A 200"]);
}

#[tokio::test]
async fn a_service_that_refuses_to_be_ready_fails() {
    let layers = tower::ServiceBuilder::new().load_shed().concurrency_limit(1);
    let app = App::from_fn(forever).filtered(&[Filter::layer_or_else(layers, |error| {
        assert!(error.is::<tower::load_shed::error::Overloaded>());
        http::Response::builder().status(503).body(Default::default()).unwrap()
    })]);
    let mut first = Box::pin(get(&app, "/"));
    assert!(first.as_mut().now_or_never().is_none());
    assert_eq!(get(&app, "/").await.status(), 503);
}

async fn forever(_: &mut Exchange) -> Response {
    std::future::pending().await
}
