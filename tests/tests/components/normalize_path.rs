use crate::client::{BOTH, Client};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn every_spelling_of_a_path_is_one() {
    let server = serve(
        "[pipeline:main]\npipeline = normal map\n\
         [filter:normal]\nuse = egg:impasto#normalize_path\n\
         [composite:map]\nuse = egg:impasto#urlmap\n/admin = closed\n/told = told\n/ = debug\n\
         [app:closed]\nuse = egg:impasto#respond\nstatus = 403\n\
         [pipeline:told]\npipeline = tells debug\n\
         [filter:tells]\nuse = egg:impasto#normalize_path\ntrailing_slash = add\nredirect = yes\n\
         [app:debug]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        for path in ["/admin", "//admin", "/x/../admin", "/x/%2E%2e/adm%69n/", "/./admin//x"] {
            assert_eq!(client.get(path).await.status(), 403, "{path}");
        }
        assert!(client.text("/a//b/?c=//d").await.contains("path: /a/b\nquery: c=//d\n"));
        let answer = client.get("/told/a?b").await;
        assert_eq!(answer.status(), 308);
        assert_eq!(answer.headers()["location"], "/told/a/?b");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    assert_eq!(
        wrong("use = egg:impasto#normalize_path\ntrailing_slash = remove\n"),
        ["3:18: `trailing_slash` must be one of `trim`, `add`, `keep`, not `remove`"]
    );
}
