use http::Method;
use impasto_tests::server::shipped;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{BOTH, Client, Version, request};
use crate::serve;

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_file_answers_in_both_versions_of_http() {
    let server = serve(&shipped(), &[]);
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        assert!(client.text("/").await.starts_with("{\"versions\""));
        let shown = client.text("/v2.1/servers?limit=3").await;
        assert!(shown.contains("mount: /v2.1\npath: /servers\nquery: limit=3\n"), "{shown}");
        assert_eq!(client.get("/static").await.headers()["location"], "/static/");
        assert!(client.text("/static/").await.contains("It serves files"));
        assert_eq!(client.text("/healthcheck").await, "OK");
        assert_eq!(client.text("/v2.1/stream/1000").await.lines().count(), 1000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_refuse_and_the_connection_goes_on() {
    let server = serve(&shipped(), &[]);
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let fits = request(Method::POST, "/v2.1/", vec![b'x'; 1 << 20]);
        let answer = client.send(fits).await.unwrap();
        assert_eq!(answer.status(), 200, "{version:?}");
        assert!(answer.body().ends_with(&[b'x'; 1 << 20]), "{version:?}");

        let mut preflight = request(Method::OPTIONS, "/v2.1/", "");
        for (name, value) in
            [("origin", "http://localhost:3000"), ("access-control-request-method", "PUT")]
        {
            preflight.headers_mut().insert(name, value.parse().unwrap());
        }
        let allowed = client.send(preflight).await.unwrap();
        assert_eq!(allowed.status(), 204, "{version:?}");
        assert_eq!(allowed.headers()["access-control-allow-origin"], "http://localhost:3000");

        let head = client.send(request(Method::HEAD, "/static/style.css", "")).await.unwrap();
        let get = client.get("/static/style.css").await;
        assert_eq!(head.headers()["content-length"], get.body().len().to_string());
        assert!(head.body().is_empty(), "{version:?}");

        assert_eq!(client.get("/v2.1/panic").await.status(), 500, "{version:?}");
        assert_eq!(client.get("/v2.1/").await.status(), 200, "{version:?}");

        let too_large = request(Method::POST, "/v2.1/", vec![b'x'; (1 << 20) + 1]);
        assert_eq!(client.send(too_large).await.unwrap().status(), 413, "{version:?}");
    }
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.log("ERROR").len(), 2, "one for each panic: {}", ended.err);
    assert!(!ended.err.contains("panicked at"), "{}", ended.err);
    assert_eq!(ended.out.matches("/v2.1/panic HTTP/").count(), 2, "{}", ended.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_for_nobody_is_refused() {
    let server = serve(&shipped(), &[]);
    for (head, status) in [
        ("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", "200 OK"),
        ("GET / HTTP/1.1\r\n\r\n", "400 Bad Request"),
        ("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", "400 Bad Request"),
        ("POST / HTTP/1.1\r\ncontent-length: 4\r\n\r\nbody", "400 Bad Request"),
        ("GET / HTTP/1.0\r\n\r\n", "200 OK"),
    ] {
        let mut stream = TcpStream::connect(server.authority()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.split_once(' ').unwrap().1.starts_with(status), "{head}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_connections_are_served_at_once() {
    let server = serve(&shipped(), &[]);
    let url = server.url();
    let clients = (0..100).map(|number| {
        let url = url.clone();
        tokio::spawn(async move {
            let version = if number % 2 == 0 { Version::Http1 } else { Version::Http2 };
            let mut client = Client::connect(&url, version).await;
            for path in ["/v2.1/delay/0.2", "/v2.1/", "/static/style.css"] {
                assert_eq!(client.get(path).await.status(), 200, "{path}");
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
}
