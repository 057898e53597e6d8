use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_wanted_is_refused() {
    let server = serve(
        "[pipeline:main]\npipeline = wanted end\n\
         [filter:wanted]\nuse = egg:impasto#validate_request\nheader.X-Origin-Key = hunter2\n\
         accept = application/json\ncontent_type = application/json\n\
         [app:end]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        for (key, accept, content_type, status) in [
            ("hunter2", "*/*", "application/json; charset=utf-8", 200),
            ("hunter3", "*/*", "application/json", 403),
            ("hunter2", "text/html", "application/json", 406),
            ("hunter2", "text/html, */*;q=0.1", "text/plain", 415),
        ] {
            let mut asked = request(Method::POST, "/", "{}");
            let headers = asked.headers_mut();
            headers.insert("x-origin-key", key.parse().unwrap());
            headers.insert("accept", accept.parse().unwrap());
            headers.insert("content-type", content_type.parse().unwrap());
            // The connection is good for the next one whatever comes of this one.
            assert_eq!(client.send(asked).await.unwrap().status(), status, "{accept}");
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let settings = "use = egg:impasto#validate_request\naccept = json";
    assert_eq!(wrong(settings), ["3:10: `accept`: \"json\" is no media type"]);
    let settings = "use = egg:impasto#validate_request\nheader.a{b = hunter2";
    let wrong = wrong(settings);
    assert_eq!(wrong, ["3:14: `header.a{b`: \"a{b\" is not the name of a header"]);
}
