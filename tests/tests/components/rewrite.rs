use crate::client::{BOTH, Client};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn the_app_sees_another_path() {
    let server = serve(
        "[pipeline:main]\npipeline = rewrite map\n\
         [filter:rewrite]\nuse = egg:impasto#rewrite\nprefix./v1 = /v2\n\
         rule.1 = ^/users/([0-9]+)$ /v2/accounts/$1?by=id\n\
         [composite:map]\nuse = egg:impasto#urlmap\n/v2 = debug\n\
         [app:debug]\nuse = egg:impasto#debug\n",
    );
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let seen = client.text("/v1/servers?limit=3").await;
        assert!(seen.contains("mount: /v2\npath: /servers\nquery: limit=3\n"), "{seen}");
        let seen = client.text("/users/7?limit=3").await;
        assert!(seen.contains("mount: /v2\npath: /accounts/7\nquery: by=id\n"), "{seen}");
        assert_eq!(client.get("/users/x").await.status(), 404);
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let words = "`rule.1` must be an expression, a space and a replacement";
    assert_eq!(wrong("use = egg:impasto#rewrite\nrule.1 = ^/x$"), [format!("3:10: {words}")]);
    let words = "`rule.1`: \"(\" is no regular expression: unclosed group";
    assert_eq!(wrong("use = egg:impasto#rewrite\nrule.1 = ( /"), [format!("3:10: {words}")]);
    let words = "`prefix.x`: \"x\" is not a path";
    assert_eq!(wrong("use = egg:impasto#rewrite\nprefix.x = /"), [format!("3:12: {words}")]);
}
