use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn only_the_status_is_another() {
    let server = serve(
        "[pipeline:main]\npipeline = gone end\n\
         [filter:gone]\nuse = egg:impasto#set_status\nstatus = 410\nfrom = 404\n\
         [app:end]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        for (asked, status) in [("404", 410), ("403", 403), ("204", 204), ("304", 304)] {
            let uri = format!("/status/{asked}");
            let answer = client.send(request(Method::GET, &uri, "")).await.unwrap();
            assert_eq!(answer.status(), status);
            let is_told = answer.body().starts_with(asked.as_bytes());
            assert_eq!(is_told, status > 400, "{:?}", answer.body());
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    assert_eq!(wrong("use = egg:impasto#set_status\n"), ["1:2: setting `status` is missing"]);
    let settings = "use = egg:impasto#set_status\nstatus = 410\nfrom = 404 4x";
    let words = "`from`: \"4x\" is no status that can be changed";
    assert_eq!(wrong(settings), [format!("4:8: {words}")]);
}
