use http::Method;

use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_the_answer_is_told_so() {
    let server = serve(
        "[pipeline:main]\npipeline = etag text\n[filter:etag]\nuse = egg:impasto#etag\n\
         [app:text]\nuse = egg:impasto#respond\nbody = hello\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let tag = client.get("/").await.headers()["etag"].clone();
        for method in [Method::GET, Method::HEAD] {
            for (name, value, status) in [
                ("if-none-match", tag.to_str().unwrap(), 304),
                ("if-none-match", "\"other\"", 200),
                ("if-match", "\"other\"", 412),
            ] {
                let mut asked = request(method.clone(), "/", "");
                asked.headers_mut().insert(name, value.parse().unwrap());
                let answer = client.send(asked).await.unwrap();
                assert_eq!(answer.status(), status, "{version:?} {name}: {value}");
                assert!(
                    status != 304 || answer.headers()["etag"] == tag && answer.body().is_empty()
                );
            }
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let words = "`buffer` must be a size like `512`, `64k` or `10MiB`, not `much`";
    assert_eq!(wrong("use = egg:impasto#etag\nbuffer = much"), [format!("3:10: {words}")]);
}
