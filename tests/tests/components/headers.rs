use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn both_ways() {
    let server = serve(
        "[pipeline:main]\npipeline = headers debug\n\
         [filter:headers]\nuse = egg:impasto#headers\nremove_request = X-Internal-User\n\
         set_request.X-Region = eu\nset_response.X-Served-By = a.b\n\
         [app:debug]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let mut spoofed = request(Method::GET, "/", "");
        spoofed.headers_mut().insert("x-internal-user", "root".parse().unwrap());
        spoofed.headers_mut().insert("x-region", "us".parse().unwrap());
        let answer = client.send(spoofed).await.unwrap();
        assert_eq!(answer.headers()["x-served-by"], "a.b");
        let seen = std::str::from_utf8(answer.body()).unwrap();
        assert!(seen.contains("x-region: eu\n"), "{seen}");
        assert!(!seen.contains("x-internal-user") && !seen.contains("us\n"), "{seen}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let settings = "use = egg:impasto#headers\nset_request.Content-Length = 5";
    let words = "`set_request.Content-Length`: `Content-Length` is the server's alone";
    assert_eq!(wrong(settings), [format!("3:30: {words}")]);
}
