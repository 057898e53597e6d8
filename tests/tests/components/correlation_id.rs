use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn the_app_is_given_an_id_and_the_client_is_not() {
    let server = serve(
        "[pipeline:main]\npipeline = correlation end\n\
         [filter:correlation]\nuse = egg:oslo.middleware#correlation_id\n\
         [app:end]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        for (sent, is_kept) in [("one-of-mine", true), ("not \"one\"", false), ("", false)] {
            let mut asked = request(Method::GET, "/", "");
            asked.headers_mut().insert("x-correlation-id", sent.parse().unwrap());
            let answer = client.send(asked).await.unwrap();
            assert!(!answer.headers().contains_key("x-correlation-id"));
            let seen = std::str::from_utf8(answer.body()).unwrap();
            let id = seen.lines().find_map(|line| line.strip_prefix("x-correlation-id: "));
            let id = id.unwrap_or_else(|| panic!("no id in {seen}"));
            assert_eq!((id == sent, id.len() == 36), (is_kept, !is_kept), "{id}");
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let settings = "use = egg:impasto#correlation_id\nheader = X-Other\n";
    assert_eq!(wrong(settings), ["3:1: unknown setting `header`"]);
}
