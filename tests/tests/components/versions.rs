use crate::client::{BOTH, Client};
use crate::{serve, wrong_app};

#[tokio::test(flavor = "multi_thread")]
async fn clients_find_the_versions() {
    let server = serve(
        "[composite:main]\nuse = egg:impasto#urlmap\n/ = all\n/compute/v2.1 = one\n\
         [app:all]\nuse = egg:impasto#versions\nstatus.v2.1 = CURRENT\n\
         path.v2.1 = /compute/v2.1\nmin_version.v2.1 = 2.1\nmax_version.v2.1 = 2.96\n\
         [app:one]\nuse = all\nonly = v2.1\n",
    );
    let about = r#""id":"v2.1","status":"CURRENT","version":"2.96","min_version":"2.1""#;
    let link = r#""links":[{"rel":"self","href":"http://localhost/compute/v2.1/"#;
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        let answer = client.get("/").await;
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(answer.body(), &*format!("{{\"versions\":[{{{about},{link}\"}}]}}]}}"));
        let one = format!("{{\"version\":{{{about},{link}\"}}],\"media-types\":[]}}}}");
        assert_eq!(client.text("/compute/v2.1").await, one);
        let answer = client.get("/servers").await;
        assert_eq!(answer.status(), 300);
        let choices = format!(
            "{{\"choices\":[{{\"id\":\"v2.1\",\"status\":\"CURRENT\",{link}servers\"}}],\
             \"media-types\":[]}}]}}"
        );
        assert_eq!(answer.body(), &*choices);
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let section = "use = egg:impasto#versions\n";
    assert_eq!(wrong_app(section), ["1:2: `status` must name a version"]);
    assert_eq!(
        wrong_app(&format!("{section}status.v2 = NEW\n")),
        [
            "3:13: `status.v2` must be one of `CURRENT`, `SUPPORTED`, `DEPRECATED`, `EXPERIMENTAL`, not `NEW`"
        ]
    );
    assert_eq!(
        wrong_app(&format!("{section}status.v2 = CURRENT\nupdated.v2 = now\n")),
        ["4:14: `updated.v2`: \"now\" is not a time like `2013-07-23T11:33:21Z`"]
    );
}
