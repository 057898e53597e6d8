use crate::client::{BOTH, Client};
use crate::{serve, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_let_in_by_their_addresses() {
    for (settings, status) in [
        ("allow = 127.0.0.0/8 ::1", 200),
        ("allow = 192.0.2.0/24", 403),
        ("deny = 127.0.0.1", 403),
        ("deny = 192.0.2.0/24", 200),
    ] {
        let server = serve(&format!(
            "[pipeline:main]\npipeline = ip_access ok\n\
             [filter:ip_access]\nuse = egg:impasto#ip_access\n{settings}\n\
             [app:ok]\nuse = egg:impasto#respond\nbody = in\n"
        ));
        for version in BOTH {
            let mut client = Client::connect(&server.url(), version).await;
            assert_eq!(client.get("/").await.status(), status, "{settings}");
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let words = "`deny`: \"10.0.0.1/8\" has bits set behind its length";
    assert_eq!(
        wrong("use = egg:impasto#ip_access\ndeny = ::1 10.0.0.1/8"),
        [format!("3:8: {words}")]
    );
}
