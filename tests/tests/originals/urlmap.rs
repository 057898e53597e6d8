use crate::ask::{Answer, Asked, Question, fields};
use crate::compare::compare;

fn file(mounts: &str) -> String {
    let app =
        |name: &str| format!("[app:{name}]\npaste.app_factory = originals:echo\nname = {name}\n");
    let apps: String = ["root", "a", "ab", "api", "other"].map(app).concat();
    format!("[composite:main]\nuse = egg:Paste#urlmap\n{mounts}\n{apps}")
}

fn questions() -> Vec<Question> {
    let mounts = [
        "/ = root\n/a = a\n/a/b = ab",
        "/a = a\n/a/b = ab",
        "/a/ = a\n//a///b/ = ab\n/ = root",
        "domain api.example / = api\n/ = root\n/a = a",
        "domain api.example /a = api\n/ = root\n/a = a",
        "domain api.example port 8774 /a = api\ndomain api.example / = other\n/ = root",
        "not_found_app = other\n/a = a",
    ];
    let mut requests = Vec::new();
    for target in [
        "/",
        "/a",
        "/a/",
        "/a/b",
        "/a/b/",
        "/a/bc",
        "/a/b/c?x=/a",
        "/ab",
        "/A",
        "/a%2fb",
        "/%61",
        "//a",
        "/a//b",
        "/b",
        "/b/a",
        "/a/../b",
        "/a/b%20c",
        "/a/%C3%A9",
        "/a;x",
        "/a/b?",
        "/x//y",
    ] {
        for host in [
            "api.example",
            "API.example",
            "api.example:8774",
            "api.example:80",
            "other.example",
            "x.api.example",
        ] {
            requests.push(Asked::new("GET", target).header("host", host));
        }
    }
    let question =
        |mounts: &&str| Question { file: file(mounts), htpasswd: None, requests: requests.clone() };
    mounts.iter().map(question).collect()
}

fn reason(
    question: &Question,
    asked: &Asked,
    original: &Answer,
    own: &Answer,
) -> Option<&'static str> {
    let has_both = question.file.contains("port 8774")
        && asked.value("host").as_deref() == Some("api.example:8774");
    let differ = original.echo()["app"] == "other" && own.echo()["app"] == "api";
    (has_both && differ)
        .then_some("the original looks at a domain without a port before the same one with it")
}

#[tokio::test]
async fn requests_reach_the_same_app() {
    let view = |_: &Asked, answer: &Answer| {
        let seen = ["app", "script_name", "path_info", "query"];
        (answer.status, fields(&answer.echo(), &seen))
    };
    compare(700, &questions(), view, reason).await;
}
