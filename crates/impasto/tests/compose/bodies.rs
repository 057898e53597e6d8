use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use impasto::{App, Body, Exchange, Filter, Outcome, Response};
use tower_http::map_request_body::MapRequestBodyLayer;
use tower_http::map_response_body::MapResponseBodyLayer;

use crate::support::{Log, get};

fn grpc() -> Body {
    let trailers =
        HeaderMap::from_iter([("grpc-status".parse().unwrap(), HeaderValue::from_static("0"))]);
    let frames =
        [Ok::<_, Infallible>(Frame::data(Bytes::from("message"))), Ok(Frame::trailers(trailers))];
    Body::new(StreamBody::new(stream::iter(frames)))
}

/// A layer that boxes both bodies again.
fn boxing() -> Filter {
    let request = MapRequestBodyLayer::new(|body: Body| Body::new(body.boxed_unsync()));
    let response = MapResponseBodyLayer::new(|body: Body| body.boxed_unsync());
    Filter::layer(tower::ServiceBuilder::new().layer(request).layer(response).into_inner())
}

#[tokio::test]
async fn the_size_of_a_stream_survives_a_layer() {
    async fn sized(_: &mut Exchange) -> Response {
        Response::new(Body::new(Full::new(Bytes::from("hello")).map_err(std::io::Error::other)))
    }
    let response = get(&App::from_fn(sized).filtered(&[boxing(), boxing()]), "/").await;
    assert_eq!(response.body().size_hint().exact(), Some(5));
}

#[tokio::test]
async fn trailers_pass_through_both_ways() {
    async fn echo(exchange: &mut Exchange) -> Response {
        Response::new(exchange.take_body())
    }
    let app = App::from_fn(echo).filtered(&[boxing(), boxing()]);
    let response = app.handle(http::Request::new(grpc()), None).await;
    let collected = response.into_body().collect().await.unwrap();
    assert_eq!(collected.trailers().unwrap()["grpc-status"], "0");
    assert_eq!(collected.to_bytes(), "message");
}

#[tokio::test]
async fn a_filter_learns_when_the_response_is_really_over() {
    async fn stream(_: &mut Exchange) -> Response {
        Response::new(grpc())
    }
    let log = Log::default();
    let watch = log.clone();
    let access_log = Filter::on_response(move |exchange, response| {
        let (log, path) = (watch.clone(), exchange.path().to_owned());
        let body = std::mem::take(response.body_mut());
        *response.body_mut() =
            body.on_end(move |end| log.add(format!("{path} {} {:?}", end.bytes, end.outcome)));
    });
    let app = App::from_fn(stream).filtered(&[access_log, boxing()]);
    let response = get(&app, "/a").await;
    assert!(log.take().is_empty());
    response.into_body().collect().await.unwrap();
    assert_eq!(log.take(), ["/a 7 Complete"]);
    drop(get(&app, "/b").await);
    assert_eq!(log.take(), [format!("/b 0 {:?}", Outcome::Dropped)]);
}
