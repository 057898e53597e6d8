use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

const FILE: &str = "[pipeline:main]\npipeline = request_id documents apps\n\
    [filter:request_id]\nuse = egg:impasto#request_id\n\
    [filter:documents]\nuse = egg:Paste#errordocument\n404 = /pages/404\n5xx = /pages/sorry\n\
    [composite:apps]\nuse = egg:impasto#urlmap\n/ = debug\n/pages = sign\n/upload = limited\n\
    [app:sign]\nuse = egg:impasto#respond\ncontent_type = text/html\nbody = <p>a page\n\
    [pipeline:limited]\npipeline = limit debug\n\
    [filter:limit]\nuse = egg:impasto#size_limit\nmax_body_size = 1\n\
    [app:debug]\nuse = egg:impasto#debug\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_comes_with_the_status_of_the_answer() {
    let server = serve(FILE);
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        for (method, target, status, is_page) in [
            (Method::GET, "/status/404", 404, true),
            (Method::POST, "/status/503", 503, true),
            (Method::POST, "/panic", 500, true),
            (Method::GET, "/status/403", 403, false),
            (Method::GET, "/pages/404", 200, true),
            (Method::POST, "/upload", 413, false),
        ] {
            let answer = client.send(request(method, target, "a body")).await.unwrap();
            assert_eq!(answer.status(), status, "{target}");
            let page = b"<p>a page";
            assert_eq!(answer.body() == &page[..], is_page, "{target}: {:?}", answer.body());
            let content_type = answer.headers()["content-type"].to_str().unwrap();
            assert_eq!(content_type == "text/html", is_page, "{target}");
            assert!(answer.headers().contains_key("x-request-id"));
        }
        let answer = client.send(request(Method::HEAD, "/status/404", "")).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.body().len()), (404, 0));
        if version == BOTH[0] {
            assert_eq!(answer.headers()["content-length"], "9");
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let section = "use = egg:impasto#error_documents\n";
    let words = "`404`: \"pages\" is not a path";
    assert_eq!(wrong(&format!("{section}404 = pages")), [format!("3:7: {words}")]);
    let words = "`200` is no status from 400 to 599";
    assert_eq!(wrong(&format!("{section}200 = /pages")), [format!("3:7: {words}")]);
}
