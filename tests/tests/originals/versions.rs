//! The versions of nova: `tests/oracle/nova_versions.py` asks nova's own views, as its resources do.

use impasto::{App, Loader, register};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::ask::{Answer, Asked, Question};
use crate::compare::compare;

/// What nova's Python code says of itself, as settings of ours.
const SETTINGS: &str = "[app:main]\nuse = egg:impasto#versions\n\
    status.v2.0 = DEPRECATED\npath.v2.0 = /v2\nupdated.v2.0 = 2025-07-04T12:00:00Z\n\
    media_type.v2.0 = application/vnd.openstack.compute+json;version=2\n\
    documentation.v2.0 = http://docs.openstack.org/\n\
    status.v2.1 = CURRENT\nmin_version.v2.1 = 2.1\nmax_version.v2.1 = 2.104\n\
    updated.v2.1 = 2013-07-23T11:33:21Z\n\
    media_type.v2.1 = application/vnd.openstack.compute+json;version=2.1\n\
    documentation.v2.1 = http://docs.openstack.org/\n";

/// `versions` with these settings, under the name that nova's app has there.
#[derive(Deserialize, JsonSchema)]
struct Nova {
    only: Option<String>,
}

register!("original_versions" => versions, for "nova_versions:versions");

fn versions(settings: Nova) -> anyhow::Result<App> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("api-paste.ini");
    let only = settings.only.map(|only| format!("only = {only}\n")).unwrap_or_default();
    std::fs::write(&path, format!("{SETTINGS}{only}"))?;
    Ok(Loader::open(&path)?.app("main")?)
}

fn questions() -> Vec<Question> {
    let mut requests = Vec::new();
    for target in [
        "/",
        "/?x=y",
        "/servers/1",
        "/servers/1?x=y",
        "/v3/",
        "/x/y/",
        "/v2.1",
        "/v2.1/",
        "/v2.1?x=y",
        "/compute/",
        "/compute/servers",
        "/compute/v2.1",
        "/compute/v2.1/",
    ] {
        for method in ["GET", "POST"] {
            for (scheme, port) in [("http", 80), ("https", 443)] {
                for host in ["api.example.org", "api.example.org:8774", "[::1]:8774"] {
                    let mut asked = Asked::new(method, target).header("host", host);
                    (asked.scheme, asked.port) = (scheme, port);
                    requests.push(asked);
                }
            }
        }
    }
    let file = "[composite:main]\nuse = egg:Paste#urlmap\n/ = all\n/v2.1 = one\n/compute = all\n\
                /compute/v2.1 = one\n\
                [app:all]\npaste.app_factory = nova_versions:versions\n\
                [app:one]\npaste.app_factory = nova_versions:versions\nonly = v2.1\n";
    vec![Question { file: file.to_owned(), htpasswd: None, requests }]
}

fn reason(_: &Question, asked: &Asked, original: &Answer, own: &Answer) -> Option<&'static str> {
    let is_below = asked.target.starts_with("/compute/") && original.status == 300;
    (is_below && own.status == 300)
        .then_some("nova writes the path that it is mounted at into its links twice")
}

#[tokio::test]
async fn the_documents_are_novas() {
    let view = |_: &Asked, answer: &Answer| {
        let document: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        (answer.status, answer.header("content-type"), document)
    };
    compare(150, &questions(), view, reason).await;
}
