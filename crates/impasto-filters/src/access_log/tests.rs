use super::*;
use crate::testing::{get, with_body};
use bytes::Bytes;
use http::HeaderValue;
use http::header::{REFERER, USER_AGENT};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use impasto::{App, Connection, Request};

/// An app in a log, and the file of the log.
struct Logged(App, tempfile::TempDir);

async fn answer(exchange: &mut Exchange) -> Response {
    exchange.set_request_id(HeaderValue::from_static("r-1"));
    let frame = |text| Ok(Frame::data(Bytes::from_static(text)));
    let broken = Err(std::io::Error::other("broken"));
    let body = match exchange.path() {
        "/stream" => {
            Body::new(StreamBody::new(futures_util::stream::iter([frame(b"abc"), frame(b"de")])))
        }
        "/broken" => {
            Body::new(StreamBody::new(futures_util::stream::iter([frame(b"abc"), broken])))
        }
        "/large" => Body::from(vec![b'x'; AT_ONCE + 1]),
        "/never" => std::future::pending().await,
        _ => Body::from("hello"),
    };
    let mut response = Response::new(body);
    response.extensions_mut().insert(crate::User(HeaderValue::from_static("ann")));
    for (name, value) in [("x-kind", "kind"), ("openstack-api-version", "compute 2.90")] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if exchange.path() == "/304" {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    response
}

impl Logged {
    fn new(format: &str) -> Logged {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log").to_str().unwrap().to_owned();
        let filter = access_log(AccessLog { path, format: format.to_owned() }).unwrap();
        Logged(App::from_fn(answer).filtered(&[filter]), folder)
    }

    async fn send(&self, request: Request) -> Response {
        let mut connection = Connection::default();
        connection.peer = Some(([192, 0, 2, 7], 41000).into());
        self.0.clone().handle(request, Some(Arc::new(connection))).await
    }

    /// The lines, once the log is over.
    fn lines(self) -> Vec<String> {
        let Logged(app, folder) = self;
        drop(app);
        let text = std::fs::read_to_string(folder.path().join("log")).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

/// The line without its date and its duration.
fn steady(line: &str) -> String {
    let (client, rest) = line.split_once(" [").unwrap();
    let (date, rest) = rest.split_once("] ").unwrap();
    assert_eq!(date.len(), "24/Nov/2026:05:49:30 +0000".len());
    let words: Vec<_> = rest.split(' ').collect();
    let is_duration = |word: &&str| word.contains('.') && word.parse::<f64>().is_ok();
    assert_eq!(words.iter().filter(|word| is_duration(word)).count(), 1, "{line}");
    let words: Vec<_> = words.into_iter().filter(|word| !is_duration(word)).collect();
    format!("{client} {}", words.join(" "))
}

#[tokio::test]
async fn a_combined_line_has_what_apache_writes_and_more() {
    let logged = Logged::new("combined");
    let mut request = get("/a/b?c=d");
    request.headers_mut().insert(REFERER, "https://r.example/".parse().unwrap());
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_bytes(b"a \"b\" \xff").unwrap());
    logged.send(request).await;
    logged.send(get("/")).await;
    let lines = logged.lines();
    assert_eq!(
        steady(&lines[0]),
        r#"192.0.2.7 - ann "GET /a/b?c=d HTTP/1.1" 200 5 "https://r.example/" "a \x22b\x22 \xFF" r-1"#
    );
    assert_eq!(steady(&lines[1]), r#"192.0.2.7 - ann "GET / HTTP/1.1" 200 5 "-" "-" r-1"#);
}

#[tokio::test]
async fn the_line_comes_when_the_body_is_over() {
    let logged = Logged::new("combined");
    let mut stream = logged.send(get("/stream")).await.into_body();
    logged.send(get("/")).await;
    assert_eq!(stream.frame().await.unwrap().unwrap().into_data().unwrap(), "abc");
    stream.collect().await.unwrap();
    logged.send(get("/large")).await.into_body().collect().await.unwrap();
    let lines: Vec<_> = logged.lines().iter().map(|line| steady(line)).collect();
    assert_eq!(
        lines,
        [
            r#"192.0.2.7 - ann "GET / HTTP/1.1" 200 5 "-" "-" r-1"#,
            r#"192.0.2.7 - ann "GET /stream HTTP/1.1" 200 5 "-" "-" r-1"#,
            r#"192.0.2.7 - ann "GET /large HTTP/1.1" 200 65537 "-" "-" r-1"#,
        ]
    );
}

#[tokio::test]
async fn what_does_not_end_well_is_logged_too() {
    let logged = Logged::new("combined");
    let never = std::time::Duration::from_millis(1);
    tokio::time::timeout(never, logged.send(get("/never"))).await.unwrap_err();
    let mut body = logged.send(get("/stream")).await.into_body();
    body.frame().await;
    drop(body);
    logged.send(get("/broken")).await.into_body().collect().await.unwrap_err();
    let lines: Vec<_> = logged.lines().iter().map(|line| steady(line)).collect();
    assert_eq!(
        lines,
        [
            r#"192.0.2.7 - - "GET /never HTTP/1.1" 499 0 "-" "-" - aborted"#,
            r#"192.0.2.7 - ann "GET /stream HTTP/1.1" 200 3 "-" "-" r-1 aborted"#,
            r#"192.0.2.7 - ann "GET /broken HTTP/1.1" 200 3 "-" "-" r-1 failed"#,
        ]
    );
}

#[tokio::test]
async fn a_body_that_is_not_sent_has_no_size_and_is_complete() {
    let logged = Logged::new("combined");
    for (method, uri) in [("HEAD", "/"), ("HEAD", "/stream"), ("GET", "/304")] {
        drop(logged.send(with_body(method, uri, Body::empty())).await);
    }
    let lines: Vec<_> = logged.lines().iter().map(|line| steady(line)).collect();
    assert_eq!(
        lines,
        [
            r#"192.0.2.7 - ann "HEAD / HTTP/1.1" 200 0 "-" "-" r-1"#,
            r#"192.0.2.7 - ann "HEAD /stream HTTP/1.1" 200 0 "-" "-" r-1"#,
            r#"192.0.2.7 - ann "GET /304 HTTP/1.1" 304 0 "-" "-" r-1"#,
        ]
    );
}

#[tokio::test]
async fn json_and_short_lines() {
    let logged = Logged::new("json");
    let mut request = get("/x?y");
    request.headers_mut().insert(USER_AGENT, "a \"b\"".parse().unwrap());
    logged.send(request).await;
    let line = &logged.lines()[0];
    for part in [
        r#""method":"GET","target":"/x?y","version":"HTTP/1.1","status":200,"bytes":5,"#,
        r#","referer":"-","agent":"a \"b\"","client":"192.0.2.7","user":"ann","seconds":0."#,
        r#","request_id":"r-1","end":"complete"}"#,
    ] {
        assert!(line.contains(part), "{line}");
    }
    let logged = Logged::new("short");
    logged.send(get("/x?y=1")).await;
    assert!(logged.lines()[0].starts_with("GET /x?y=1 200 5 0.0"));
}

#[tokio::test]
async fn a_template_says_what_is_known_at_each_time() {
    let logged = Logged::new(
        "{user} {response_header:x-kind}|{header:accept} {microversion} {status}{trouble}",
    );
    let mut request = get("/stream");
    request.headers_mut().insert("accept", "a b".parse().unwrap());
    let answered = logged.send(request).await;
    let never = std::time::Duration::from_millis(1);
    tokio::time::timeout(never, logged.send(get("/never"))).await.unwrap_err();
    answered.into_body().collect().await.unwrap();
    assert_eq!(logged.lines(), ["- -|- - 499 aborted", "ann kind|a b 2.90 200"]);
}

#[tokio::test]
async fn nova_and_paste_have_their_own_lines() {
    let logged = Logged::new("nova");
    logged.send(get("/servers?limit=1")).await;
    let line = &logged.lines()[0];
    let (steady, time) = line.rsplit_once(' ').unwrap();
    assert_eq!(
        steady,
        r#"192.0.2.7 "GET /servers?limit=1" status: 200 len: 5 microversion: 2.90 time:"#
    );
    assert_eq!(time.len(), "0.000000".len());
    let logged = Logged::new("paste");
    logged.send(get("/")).await;
    let line = &logged.lines()[0];
    assert!(line.starts_with("192.0.2.7 - ann ["), "{line}");
    assert!(line.ends_with(r#"] "GET / HTTP/1.1" 200 5 "-" "-""#), "{line}");
}

#[test]
fn a_format_that_is_none_is_named() {
    let format = "{clinet}".to_owned();
    let error = access_log(AccessLog { format, ..AccessLog::default() }).unwrap_err().to_string();
    assert_eq!(error, "`format`: there is no `{clinet}`");
}

#[test]
fn a_place_that_cannot_be_written_to_is_named() {
    let path = "/no/such/directory/log".to_owned();
    let error = access_log(AccessLog { path, ..AccessLog::default() }).unwrap_err().to_string();
    assert!(error.starts_with("`path` cannot be written to: "), "{error}");
}
