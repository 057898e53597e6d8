use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_marked_is_masked_in_the_log_and_sent_as_ever() {
    let server = serve(
        "[pipeline:main]\npipeline = seen mark dump end\n\
         [filter:seen]\nuse = egg:impasto#debug\n\
         [filter:mark]\nuse = egg:impasto#sensitive_headers\n\
         request = X-Customer\nresponse = X-Account\n\
         [filter:dump]\nuse = egg:impasto#debug\n\
         [app:end]\nuse = headers-of-end\n\
         [filter-app:headers-of-end]\nuse = egg:impasto#headers\nnext = echo\n\
         set_response.X-Account = hunter3\n\
         [app:echo]\nuse = egg:impasto#debug\n",
    );
    for (version, count) in [(BOTH[0], 1), (BOTH[1], 2)] {
        let mut client = Client::connect(&server.url(), version).await;
        let mut asked = request(Method::GET, "/", "");
        asked.headers_mut().insert("x-customer", "hunter2".parse().unwrap());
        let answer = client.send(asked).await.unwrap();
        assert_eq!(answer.headers()["x-account"], "hunter3");
        assert!(answer.body().windows(7).any(|part| part == b"hunter2"));
        // Requests are marked for what is further in, answers for what is further out.
        let log = server.told("x-account: ********", count);
        assert_eq!(log.matches("x-customer: hunter2").count(), count, "{log}");
        assert_eq!(log.matches("x-customer: ********").count(), count, "{log}");
        assert_eq!(log.matches("x-account: hunter3").count(), count, "{log}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let settings = "use = egg:impasto#sensitive_headers\nresponse = X-A X:B";
    let words = "`response`: \"X:B\" is not the name of a header";
    assert_eq!(wrong(settings), [format!("3:12: {words}")]);
}
