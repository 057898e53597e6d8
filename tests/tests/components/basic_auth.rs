use http::Method;

use crate::client::{BOTH, Client, request};
use crate::{serve, wrong};

/// `ann` with the password `secret`.
const FILE: &str = "ann:$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";

#[tokio::test(flavor = "multi_thread")]
async fn users_of_the_file_get_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("htpasswd");
    std::fs::write(&path, FILE).unwrap();
    let server = serve(&format!(
        "[pipeline:main]\npipeline = basic_auth debug\n\
         [filter:basic_auth]\nuse = egg:oslo.middleware#basic_auth\nauth_file = {}\n\
         [app:debug]\nuse = egg:impasto#debug\n",
        path.display()
    ));
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        for (authorization, status) in
            [("Basic YW5uOnNlY3JldA==", 200), ("Basic YW5uOndyb25n", 401), ("Bearer x", 401)]
        {
            let mut asked = request(Method::GET, "/", "");
            asked.headers_mut().insert("authorization", authorization.parse().unwrap());
            asked.headers_mut().insert("x-user", "root".parse().unwrap());
            let answer = client.send(asked).await.unwrap();
            assert_eq!(answer.status(), status, "{authorization}");
            let seen = std::str::from_utf8(answer.body()).unwrap();
            assert_eq!(seen.contains("x-user: ann\n"), status == 200, "{seen}");
            assert!(!seen.contains("root"), "{seen}");
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let settings = "use = egg:impasto#basic_auth\nauth_file = /no/such/file";
    let [problem] = &wrong(settings)[..] else { panic!("not one") };
    assert!(problem.starts_with("3:13: `auth_file` cannot be read: No such file"), "{problem}");
}
