use std::time::{Duration, Instant};

use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn faults_strike_whom_they_are_for() {
    let server = serve(
        "[pipeline:main]\npipeline = slow fails aborts debug\n\
         [filter:slow]\nuse = egg:impasto#fault_injection\ndelay = 300ms\npaths = /slow\n\
         [filter:fails]\nuse = egg:impasto#fault_injection\nstatus = 502\nheader.X-Fault = yes\n\
         [filter:aborts]\nuse = egg:impasto#fault_injection\nabort_percentage = 100\n\
         paths = /abort\n\
         [app:debug]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let start = Instant::now();
        assert_eq!(client.get("/slow").await.status(), 200);
        assert!(start.elapsed() >= Duration::from_millis(300));
        let mut struck = request(Method::GET, "/", "");
        struck.headers_mut().insert("x-fault", "yes".parse().unwrap());
        let answer = client.send(struck).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &**answer.body()),
            (502, &b"This fault was injected.\n"[..])
        );
        assert_eq!(client.get("/").await.status(), 200);
        assert!(client.send(request(Method::GET, "/abort", "")).await.is_err());
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let section = "use = egg:impasto#fault_injection\n";
    assert_eq!(wrong(section), ["1:2: `delay` must be given, or another fault"]);
    assert_eq!(
        wrong(&format!("{section}status = 503\nstatus_percentage = 200\n")),
        ["4:21: `status_percentage` must be a number from 0 to 100, not `200`"]
    );
    assert_eq!(
        wrong(&format!("{section}delay = soon\n")),
        ["3:9: `delay` must be a duration like `30s`, `1m 30s` or `500ms`, not `soon`"]
    );
}
