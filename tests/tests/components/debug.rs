use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn heads_are_in_the_log_without_their_secrets() {
    let server = serve(
        "[pipeline:main]\npipeline = dump end\n\
         [filter:dump]\nuse = egg:oslo.middleware#debug\nmask = X-Customer\n\
         [app:end]\nuse = egg:impasto#debug\n",
    );
    for (version, name, count) in [(BOTH[0], "HTTP/1.1", 1), (BOTH[1], "HTTP/2.0", 2)] {
        let mut client = Client::connect(&server.url(), version).await;
        let mut asked = request(Method::GET, "/status/404?token=hunter2&x=1", "");
        for secret in ["authorization", "x-auth-token", "x-customer"] {
            asked.headers_mut().insert(secret, "hunter2".parse().unwrap());
        }
        assert_eq!(client.send(asked).await.unwrap().status(), 404);
        let log = server.told("404 Not Found; content-type: text/plain", count);
        let line = log.lines().find(|line| line.contains(name)).expect("a line for the request");
        for part in [
            "GET /status/404?token=********&x=1",
            "authorization: ********",
            "x-auth-token: ********",
            "x-customer: ********",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        assert!(!log.contains("hunter2"), "{log}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    assert_eq!(wrong("use = egg:impasto#debug\nmasks = x\n"), ["3:1: unknown setting `masks`"]);
}
