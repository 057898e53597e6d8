use crate::client::{BOTH, Client};
use crate::{serve, wrong_app};

#[tokio::test(flavor = "multi_thread")]
async fn what_has_moved_is_found() {
    let server = serve(
        "[composite:main]\nuse = egg:impasto#urlmap\n/v1 = moved\n/docs = elsewhere\n\
         [app:moved]\nuse = egg:impasto#redirect\nlocation = /v2/\nkeep_path = true\nstatus = 308\n\
         [app:elsewhere]\nuse = egg:impasto#redirect\n\
         location = https://docs.example.org/new#top\nkeep_query = false\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        for (path, status, location) in [
            ("/v1/servers?limit=3", 308, "/v2/servers?limit=3"),
            ("/v1", 308, "/v2/"),
            ("/v1/a%2Fb", 308, "/v2/a%2Fb"),
            ("/docs/x?y=1", 307, "https://docs.example.org/new#top"),
        ] {
            let answer = client.get(path).await;
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers()["location"], location);
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    assert_eq!(
        wrong_app("use = egg:impasto#redirect\nlocation = //evil.example"),
        ["3:12: `location`: \"//evil.example\" is neither an http address nor a path"]
    );
    assert_eq!(
        wrong_app("use = egg:impasto#redirect\nlocation = /x\nstatus = 200"),
        ["4:10: `status` must be one of `301`, `302`, `303`, `307`, `308`, not `200`"]
    );
    assert_eq!(
        wrong_app("use = egg:impasto#redirect\nto = /x"),
        ["1:2: setting `location` is missing", "3:1: unknown setting `to`"]
    );
}
