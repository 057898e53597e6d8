use http::Method;

use crate::client::{BOTH, Client, Version, request};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_sites_are_refused() {
    let server = serve(
        "[pipeline:main]\npipeline = csrf ok\n\
         [filter:csrf]\nuse = egg:impasto#csrf\ntrusted_origins = https://friend.example\n\
         [app:ok]\nuse = egg:impasto#respond\nbody = done\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        for (name, value, status) in [
            ("sec-fetch-site", "same-origin", 200),
            ("sec-fetch-site", "cross-site", 403),
            ("origin", "https://friend.example", 200),
            ("origin", "https://evil.example", 403),
            ("origin", "http://localhost", 200),
            ("accept", "*/*", 200),
        ] {
            let mut asked = request(Method::POST, "/", "x");
            asked.headers_mut().insert(name, value.parse().unwrap());
            let answer = client.send(asked).await.unwrap();
            assert_eq!(answer.status(), status, "{version:?} {name}: {value}");
        }
    }
    let mut client = Client::connect(&server.url(), Version::Http1).await;
    assert_eq!(client.text("/").await, "done");
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let words = "`exempt_paths`: \"hooks\" does not begin with a `/`";
    assert_eq!(wrong("use = egg:impasto#csrf\nexempt_paths = hooks"), [format!("3:16: {words}")]);
}
