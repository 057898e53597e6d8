use crate::client::{BOTH, Client};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_counted() {
    let server = serve(
        "[composite:main]\nuse = egg:impasto#urlmap\n/ = api\n/metrics = shown\n\
         [pipeline:api]\npipeline = metrics debug\n\
         [filter:metrics]\nuse = egg:impasto#metrics\nservice = compute\n\
         [app:debug]\nuse = egg:impasto#debug\n\
         [app:shown]\nuse = egg:impasto#metrics\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        client.get("/status/404").await;
        client.get("/").await;
    }
    let mut client = Client::connect(&server.url(), BOTH[0]).await;
    let answer = client.get("/metrics").await;
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let page = std::str::from_utf8(answer.body()).unwrap();
    for line in [
        "http_requests_total{service=\"compute\",method=\"GET\",status=\"200\"} 2",
        "http_requests_total{service=\"compute\",method=\"GET\",status=\"404\"} 2",
        "http_request_duration_seconds_count{service=\"compute\",method=\"GET\"} 4",
        "http_requests_in_flight{service=\"compute\"} 0",
        "http_requests_abandoned_total{service=\"compute\"} 0",
    ] {
        assert!(page.lines().any(|it| it == line), "{line} is not in\n{page}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    assert_eq!(
        wrong("use = egg:impasto#metrics\nservice = a b"),
        ["3:11: `service` must be of letters, digits, `.`, `-` and `_`"]
    );
}
