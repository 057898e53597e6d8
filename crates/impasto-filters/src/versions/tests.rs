use super::*;
use crate::testing::{answer, get, send, settings, wrap};
use http::header::HOST;
use impasto::Filter;
use serde_json::{Value, json};
use std::ops::ControlFlow;

/// nova's own versions.
const NOVA: [(&str, &str); 12] = [
    ("status.v2.0", "SUPPORTED"),
    ("path.v2.0", "/v2/"),
    ("updated.v2.0", "2011-01-21T11:33:21Z"),
    ("media_type.v2.0", "application/vnd.openstack.compute+json;version=2"),
    ("documentation.v2.0", "http://docs.openstack.org/"),
    ("status.v2.1", "current"),
    ("min_version.v2.1", "2.1"),
    ("max_version.v2.1", "2.96"),
    ("updated.v2.1", "2013-07-23T11:33:21Z"),
    ("media_type.v2.1", "application/vnd.openstack.compute+json;version=2.1"),
    ("documentation.v2.1", "http://docs.openstack.org/"),
    ("path.v2.1", "v2.1"),
];

fn nova(more: &[(&str, &str)]) -> App {
    // The last one is wrong, and for another test.
    let options: Vec<_> = NOVA[..11].iter().chain(more).copied().collect();
    versions(settings(&options)).unwrap()
}

async fn shown(app: &App, uri: &str) -> (u16, Value) {
    let mut request = get(uri);
    request.headers_mut().insert(HOST, "api.example:8774".parse().unwrap());
    let (status, body) = answer(app, request).await;
    (status.as_u16(), serde_json::from_str(&body).unwrap())
}

#[tokio::test]
async fn all_versions_are_listed_as_nova_does() {
    let listed = json!({"versions": [
        {
            "id": "v2.0", "status": "SUPPORTED", "version": "", "min_version": "",
            "updated": "2011-01-21T11:33:21Z",
            "links": [{"rel": "self", "href": "http://api.example:8774/v2/"}],
        },
        {
            "id": "v2.1", "status": "CURRENT", "version": "2.96", "min_version": "2.1",
            "updated": "2013-07-23T11:33:21Z",
            "links": [{"rel": "self", "href": "http://api.example:8774/v2.1/"}],
        },
    ]});
    assert_eq!(shown(&nova(&[]), "/").await, (200, listed));
    let response = send(&nova(&[]), get("/")).await;
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
}

#[tokio::test]
async fn one_version_is_shown_whole() {
    let mounted = Filter::on_request(|exchange| {
        exchange.mount_at("/v2.1".len());
        ControlFlow::Continue(())
    });
    let whole = |href| {
        json!({"version": {
            "id": "v2.1", "status": "CURRENT", "version": "2.96", "min_version": "2.1",
            "updated": "2013-07-23T11:33:21Z",
            "links": [
                {"rel": "self", "href": href},
                {"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"},
            ],
            "media-types": [{
                "base": "application/json",
                "type": "application/vnd.openstack.compute+json;version=2.1",
            }],
        }})
    };
    let only = wrap(mounted.clone(), nova(&[("only", "v2.1")]));
    assert_eq!(shown(&only, "/v2.1").await, (200, whole("http://api.example:8774/v2.1/")));
    assert_eq!(answer(&only, get("/v2.1/x")).await.0, 404);
    let public = nova(&[("only", "v2.1"), ("public_url", "https://a.example/compute/")]);
    let public = wrap(mounted, public);
    assert_eq!(shown(&public, "/v2.1/").await, (200, whole("https://a.example/compute/v2.1/")));
}

#[tokio::test]
async fn any_other_path_has_several_places() {
    let (status, choices) = shown(&nova(&[]), "/servers/1").await;
    assert_eq!(status, 300);
    assert_eq!(
        choices["choices"][1],
        json!({
            "id": "v2.1", "status": "CURRENT",
            "links": [{"rel": "self", "href": "http://api.example:8774/v2.1/servers/1"}],
            "media-types": [{
                "base": "application/json",
                "type": "application/vnd.openstack.compute+json;version=2.1",
            }],
        })
    );
}

#[tokio::test]
async fn a_version_may_be_at_the_root_and_a_host_without_a_name() {
    let app = versions(settings(&[("status.v1", "CURRENT"), ("path.v1", "/")])).unwrap();
    let (_, body) = answer(&app, get("/")).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["versions"][0]["links"][0]["href"], "/");
}

#[test]
fn wrong_settings_are_named() {
    let wrong = |options: &[_]| versions(settings(options)).unwrap_err().to_string();
    let with = |key, text| wrong(&[("status.v1", "CURRENT"), (key, text)]);
    assert_eq!(wrong(&[]), "`status` must name a version");
    assert_eq!(wrong(&NOVA), "`path.v2.1`: \"v2.1\" is not a path");
    assert_eq!(with("min_version.v2", "2.1"), "`min_version.v2`: there is no version \"v2\"");
    assert_eq!(
        with("max_version.v1", "new"),
        "`max_version.v1`: \"new\" is not a microversion like `2.1`"
    );
    assert_eq!(
        with("updated.v1", "today"),
        "`updated.v1`: \"today\" is not a time like `2013-07-23T11:33:21Z`"
    );
    assert_eq!(with("only", "v2"), "`only`: there is no version \"v2\"");
    assert_eq!(with("public_url", "/v1"), "`public_url`: \"/v1\" is no http address");
}
