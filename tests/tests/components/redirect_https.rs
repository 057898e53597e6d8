use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn clients_in_the_clear_are_sent_to_https() {
    let server = serve(
        "[pipeline:main]\npipeline = proxy_headers https debug\n\
         [filter:proxy_headers]\nuse = egg:impasto#proxy_headers\ntrusted = 127.0.0.1\n\
         [filter:https]\nuse = egg:impasto#redirect_https\nexempt_paths = /health\n\
         [app:debug]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let answer = client.get("/a%2Fb?c=//d").await;
        assert_eq!(answer.status(), 308);
        assert_eq!(answer.headers()["location"], "https://localhost/a%2Fb?c=//d");
        assert_eq!(client.get("/health").await.status(), 200);
        let mut encrypted = request(Method::GET, "/", "");
        encrypted.headers_mut().insert("x-forwarded-for", "192.0.2.1".parse().unwrap());
        encrypted.headers_mut().insert("x-forwarded-proto", "https".parse().unwrap());
        assert_eq!(client.send(encrypted).await.unwrap().status(), 200);
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    assert_eq!(
        wrong("use = egg:impasto#redirect_https\nhost = a/b\n"),
        ["3:8: `host`: \"a/b\" is not the name of a host"]
    );
    assert_eq!(
        wrong("use = egg:impasto#redirect_https\nexempt_paths = /a b\n"),
        ["3:16: `exempt_paths`: \"b\" does not begin with a `/`"]
    );
}
