use http::header::{CONNECTION, UPGRADE};
use http::{HeaderValue, StatusCode};
use hyper_util::rt::TokioIo;
use impasto::{App, Body, Exchange, Filter, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::layer::util::Identity;

use crate::support::Log;

/// Answers 101, and then sends back what it is sent.
async fn echo(exchange: &mut Exchange) -> Response {
    let upgrade = hyper::upgrade::on(exchange.take_request());
    tokio::spawn(async move {
        let mut io = TokioIo::new(upgrade.await.unwrap());
        let mut bytes = [0; 5];
        io.read_exact(&mut bytes).await.unwrap();
        io.write_all(&bytes).await.unwrap();
    });
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
    response.headers_mut().insert(UPGRADE, HeaderValue::from_static("echo"));
    response
}

#[tokio::test]
async fn a_connection_is_upgraded_through_filters_of_every_kind() {
    let log = Log::default();
    let layer = || Filter::layer(Identity::new());
    let compression = Filter::layer(tower_http::compression::CompressionLayer::new());
    let app =
        App::from_fn(echo).filtered(&[log.hook("a"), layer(), layer(), compression, log.hook("b")]);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let service =
            hyper::service::service_fn(|request: http::Request<hyper::body::Incoming>| {
                let answer = app.clone().handle(request.map(Body::new), None);
                async { Ok::<_, std::convert::Infallible>(answer.await) }
            });
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service);
        connection.with_upgrades().await.unwrap();
    });

    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake::<_, Body>(stream).await.unwrap();
    tokio::spawn(connection.with_upgrades());
    let request = Request::get("/")
        .header(CONNECTION, "upgrade")
        .header(UPGRADE, "echo")
        .header("accept-encoding", "gzip");
    let response = sender.send_request(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    let mut io = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    io.write_all(b"hello").await.unwrap();
    let mut bytes = [0; 5];
    io.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes, b"hello");
    assert_eq!(log.take(), ["a", "b", "B 101", "A 101"]);
}
