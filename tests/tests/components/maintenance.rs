use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_puts_up_the_sign() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("down");
    let server = serve(&format!(
        "[pipeline:main]\npipeline = maintenance debug\n\
         [filter:maintenance]\nuse = egg:impasto#maintenance\nfile = {}\nretry_after = 2m\n\
         message = Back at noon.\nexempt_paths = /status/204\n\
         [app:debug]\nuse = egg:impasto#debug\n",
        file.display()
    ));
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        assert_eq!(client.get("/").await.status(), 200);
        std::fs::write(&file, "").unwrap();
        let answer = client.get("/").await;
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers()["retry-after"], "120");
        assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(answer.body(), "Back at noon.\n");
        let mut asks_json = request(Method::POST, "/", "body");
        asks_json.headers_mut().insert("accept", "application/json".parse().unwrap());
        let answer = client.send(asks_json).await.unwrap();
        let json =
            r#"{"error":{"code":503,"title":"Service Unavailable","message":"Back at noon."}}"#;
        assert_eq!(answer.body(), json);
        assert_eq!(client.get("/status/204").await.status(), 204);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(client.get("/").await.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_does_too_but_not_for_everybody() {
    let file = |networks: &str| {
        format!(
            "[pipeline:main]\npipeline = maintenance debug\n\
             [filter:maintenance]\nuse = egg:impasto#maintenance\nenabled = true\n{networks}\n\
             [app:debug]\nuse = egg:impasto#debug\n"
        )
    };
    for (networks, status) in [("", 503), ("exempt_networks = 127.0.0.0/8", 200)] {
        let server = serve(&file(networks));
        let mut client = Client::connect(&server.url(), BOTH[0]).await;
        assert_eq!(client.get("/").await.status(), status, "{networks}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    assert_eq!(
        wrong("use = egg:impasto#maintenance\npage = /no/such/page.html"),
        ["3:8: `page` cannot be read: No such file or directory"]
    );
    assert_eq!(
        wrong("use = egg:impasto#maintenance\nenabled = perhaps"),
        [
            "3:11: `enabled` must be one of true, yes, on, y, t, 1 or one of false, no, off, n, f, 0, not `perhaps`"
        ]
    );
}
