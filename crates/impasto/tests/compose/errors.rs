use std::time::Duration;

use http::StatusCode;
use impasto::{App, Exchange, Failure, Filter, Response};
use tower::BoxError;
use tower::timeout::{TimeoutLayer, error::Elapsed};

use crate::support::{Log, get, logged, place};

/// A layer that lets nothing through.
fn refusing() -> Filter {
    Filter::layer(tower::filter::FilterLayer::new(
        |_: impasto::Request| -> Result<impasto::Request, BoxError> {
            Err(anyhow::anyhow!("connection refused").context("no database").into())
        },
    ))
}

#[tokio::test]
async fn the_error_of_a_layer_is_logged_once_and_kept_for_filters() {
    let log = Log::default();
    let app = App::from_fn(place).filtered(&[log.hook("a"), refusing()]);
    let lines = logged(async {
        let response = get(&app, "/x?token=secret").await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let failure = response.extensions().get::<Failure>().unwrap();
        assert_eq!(failure.to_string(), "no database: connection refused");
    });
    let lines = lines.await;
    assert_eq!(
        lines,
        [
            "ERROR a service failed error=\"no database: connection refused\" method=\"GET\" path=\"/x\""
        ]
    );
    assert_eq!(log.take(), ["a", "A 500"]);
}

#[tokio::test]
async fn a_layer_may_say_what_its_errors_mean() {
    async fn slow(_: &mut Exchange) -> Response {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Response::default()
    }
    let timeout = Filter::layer_or_else(TimeoutLayer::new(Duration::from_millis(5)), |error| {
        let mut response = Response::default();
        *response.status_mut() = match error.is::<Elapsed>() {
            true => StatusCode::SERVICE_UNAVAILABLE,
            false => StatusCode::INTERNAL_SERVER_ERROR,
        };
        response
    });
    let lines = logged(async {
        let response = get(&App::from_fn(slow).filtered(&[timeout]), "/").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    });
    assert!(lines.await.is_empty());
}
