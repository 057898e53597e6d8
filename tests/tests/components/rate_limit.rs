use http::Method;

use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_ask_too_often_are_refused() {
    let server = serve(
        "[pipeline:main]\npipeline = rate_limit ok\n\
         [filter:rate_limit]\nuse = egg:impasto#rate_limit\nrequests = 1\nper = 1h\nburst = 20\n\
         key = header:X-Api-Key\n[app:ok]\nuse = egg:impasto#respond\n",
    );
    for (version, key) in BOTH.into_iter().zip(["one", "two"]) {
        let url = server.url();
        let asking = (0..8).map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let mut client = Client::connect(&url, version).await;
                let mut statuses = Vec::new();
                for _ in 0..5 {
                    let mut asked = request(Method::GET, "/", "");
                    asked.headers_mut().insert("x-api-key", key.parse().unwrap());
                    let answer = client.send(asked).await.unwrap();
                    let status = answer.status().as_u16();
                    assert_eq!(answer.headers().contains_key("retry-after"), status == 429);
                    assert!(answer.headers().contains_key("ratelimit"));
                    statuses.push(status);
                }
                statuses
            })
        });
        let mut statuses = Vec::new();
        for one in asking.collect::<Vec<_>>() {
            statuses.extend(one.await.unwrap());
        }
        let passed = statuses.iter().filter(|status| **status == 200).count();
        let refused = statuses.iter().filter(|status| **status == 429).count();
        assert_eq!((passed, refused), (20, 20), "{version:?}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let settings = "use = egg:impasto#rate_limit\nrequests = 1\nkey = cookie";
    assert_eq!(wrong(settings), ["4:7: `key` must be `address`, `header:NAME` or `path`"]);
}
