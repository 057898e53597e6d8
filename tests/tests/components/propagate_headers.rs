use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_what_the_client_sent() {
    let server = serve(
        "[pipeline:main]\npipeline = back limit end\n\
         [filter:back]\nuse = egg:impasto#propagate_headers\nheaders = X-Client-Request-Id\n\
         [filter:limit]\nuse = egg:impasto#size_limit\nmax_body_size = 1\n\
         [app:end]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        for (body, status) in [("", 200), ("much", 413)] {
            let mut asked = request(Method::POST, "/", body);
            asked.headers_mut().insert("x-client-request-id", "of the client".parse().unwrap());
            let answer = client.send(asked).await.unwrap();
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers()["x-client-request-id"], "of the client");
        }
        let answer = client.send(request(Method::GET, "/", "")).await.unwrap();
        assert!(!answer.headers().contains_key("x-client-request-id"));
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let settings = "use = egg:impasto#propagate_headers\nheaders = X-A Content-Length";
    let words = "`headers`: `Content-Length` is the server's alone";
    assert_eq!(wrong(settings), [format!("3:11: {words}")]);
}
