use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_goes_through() {
    let server = serve(
        "[pipeline:main]\npipeline = trace debug\n\
         [filter:trace]\nuse = egg:impasto#trace\nresponse_header = traceresponse\n\
         [app:debug]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let mut traced = request(Method::GET, "/", "");
        traced.headers_mut().insert("traceparent", PARENT.parse().unwrap());
        traced.headers_mut().insert("tracestate", "a=1".parse().unwrap());
        let answer = client.send(traced).await.unwrap();
        let told = answer.headers()["traceresponse"].to_str().unwrap();
        assert_eq!((&told[..36], &told[52..]), (&PARENT[..36], "-01"));
        assert_ne!(told, PARENT);
        let seen = std::str::from_utf8(answer.body()).unwrap();
        assert!(seen.contains(&format!("traceparent: {told}\n")), "{seen}");
        assert!(seen.contains("tracestate: a=1\n"), "{seen}");
        assert_eq!(client.get("/").await.headers()["traceresponse"].len(), 55);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_logged_is_in_the_span() {
    let server = serve(
        "[pipeline:main]\npipeline = trace debug\n\
         [filter:trace]\nuse = egg:impasto#trace\n\
         [app:debug]\nuse = egg:impasto#debug\n",
    );
    let mut client = Client::connect(&server.url(), BOTH[0]).await;
    let mut traced = request(Method::GET, "/panic", "");
    traced.headers_mut().insert("traceparent", PARENT.parse().unwrap());
    assert_eq!(client.send(traced).await.unwrap().status(), 500);
    let log = server.told("a request for /panic", 1);
    let line = log.lines().find(|line| line.contains("trace_id")).expect("a line in the span");
    for part in [
        "trace_id=0af7651916cd43dd8448eb211c80319c",
        "parent_id=b7ad6b7169203331",
        "method=GET",
        "path=\"/panic\"",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    assert_eq!(
        wrong("use = egg:impasto#trace\nsample = 101\n"),
        ["3:10: `sample` must be a number from 0 to 100, not `101`"]
    );
    assert_eq!(
        wrong("use = egg:impasto#trace\notlp_endpoint = http://localhost:4318\n"),
        ["3:17: `otlp_endpoint` is of no use: this program is built without OpenTelemetry"]
    );
    assert_eq!(
        wrong("use = egg:impasto#trace\nresponse_header = a b\n"),
        ["3:19: `response_header`: \"a b\" is not the name of a header"]
    );
    assert_eq!(
        wrong("use = egg:oslo.middleware#tracing\nenabled = true\nsampling_rate = 2\n"),
        ["4:17: `sampling_rate` must be a number from 0 to 1, not `2`"]
    );
}
