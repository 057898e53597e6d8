use std::convert::Infallible;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use http::Request;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use impasto_tests::server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{serve, wrong};

/// A server with two apps within a limit of ten bytes: one that never reads a body, and one that sends it back.
fn limited() -> Server {
    serve(
        "[composite:main]\nuse = egg:impasto#urlmap\n/ = unread\n/refuse = refused\n/echo = sent_back\n\
         [pipeline:unread]\npipeline = size_limit respond\n\
         [pipeline:refused]\npipeline = size_limit refuse\n\
         [pipeline:sent_back]\npipeline = size_limit echo\n\
         [filter:size_limit]\nuse = egg:impasto#size_limit\nmax_body_size = 10\n\
         [app:respond]\nuse = egg:impasto#respond\nbody = hello\n\
         [app:refuse]\nuse = egg:impasto#respond\nstatus = 403\n\
         [app:echo]\nuse = egg:impasto-tests#echo\n",
    )
}

/// The answer to a head, and to what is sent after what the server says to that.
async fn raw(server: &Server, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.authority()).await.expect("it listens");
    let head = format!("{head}\r\nhost: localhost\r\nconnection: close\r\n");
    stream.write_all(head.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    if body.is_empty() {
        stream.write_all(b"expect: 100-continue\r\n\r\n").await.expect("it reads");
        let mut begun = [0; 12];
        stream.read_exact(&mut begun).await.expect("an answer");
        answer.push_str(std::str::from_utf8(&begun).expect("a status"));
        if answer.ends_with("100") {
            stream.write_all(b"b\r\n12345678901\r\n0\r\n\r\n").await.expect("it reads");
        }
    } else {
        stream.write_all(format!("\r\n{body}").as_bytes()).await.expect("it reads");
    }
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunked_body_that_is_too_large_is_refused_whether_the_app_reads_it_or_not() {
    let server = limited();
    let head = "POST / HTTP/1.1\r\ntransfer-encoding: chunked";
    for (body, status) in [
        ("a\r\n1234567890\r\n0\r\n\r\n", "200"),
        ("b\r\n12345678901\r\n0\r\n\r\n", "413"),
        ("5\r\n12345\r\n6\r\n678901\r\n0\r\n\r\n", "413"),
    ] {
        let start = Instant::now();
        let answer = raw(&server, head, body).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{body:?}: {answer}");
        assert!(start.elapsed() < Duration::from_secs(2), "it waited");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_first_is_answered_as_if_it_had_sent() {
    let server = limited();
    let ask = async |path: &str, length: &str| {
        raw(&server, &format!("POST {path} HTTP/1.1\r\n{length}"), "").await
    };
    // What announces its length needs not be sent.
    assert!(ask("/", "content-length: 11").await.starts_with("HTTP/1.1 413 "));
    let counted = ask("/", "transfer-encoding: chunked").await;
    assert!(counted.starts_with("HTTP/1.1 100") && counted.contains("HTTP/1.1 413 "), "{counted}");
    // After an error it would not be sent.
    assert!(ask("/refuse", "transfer-encoding: chunked").await.starts_with("HTTP/1.1 403 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn so_is_a_body_of_http_2_that_announces_no_length() {
    let server = limited();
    for (pieces, size, status) in [(2, 5, 200), (2, 6, 413), (300, 10_000, 413)] {
        let stream = TcpStream::connect(server.authority()).await.expect("it listens");
        let (mut sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
        tokio::spawn(connection);
        let piece = Bytes::from(vec![b'x'; size]);
        let frames = (0..pieces).map(move |_| Ok::<_, Infallible>(Frame::data(piece.clone())));
        let body = StreamBody::new(stream::iter(frames));
        let request = Request::post("http://localhost/").body(body).expect("a request");
        let answer = sender.send_request(request).await.expect("an answer");
        assert_eq!(answer.status(), status, "{pieces} of {size}");
        let text = answer.into_body().collect().await.expect("all of it").to_bytes();
        assert_eq!(text == "hello", status == 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_within_the_limit_is_passed_on_while_it_comes() {
    let server = limited();
    let mut stream = TcpStream::connect(server.authority()).await.expect("it listens");
    let head = "POST /echo HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(format!("{head}1\r\n1\r\n").as_bytes()).await.expect("it reads");
    let mut come = Vec::new();
    while !come.ends_with(b"1\r\n1\r\n") {
        assert_ne!(stream.read_buf(&mut come).await.expect("an answer"), 0, "{come:?}");
    }
    stream.write_all(b"1\r\n2\r\n0\r\n\r\n").await.expect("it reads");
    while !come.ends_with(b"1\r\n2\r\n0\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut come).await.expect("an answer"), 0, "{come:?}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let words = "`max_body_size` must be a size like `512`, `64k` or `10MiB`, not `-1`";
    let settings = "use = egg:impasto#size_limit\nmax_body_size = -1";
    assert_eq!(wrong(settings), [format!("3:17: {words}")]);
}
