use crate::ask::{Answer, Asked, Question, fields, filtered};
use crate::compare::compare;

fn questions() -> Vec<Question> {
    let sections = [
        "",
        "prefix = /blog",
        "prefix = /blog/",
        "prefix = /a/b\nscheme = https",
        "prefix = /blog\nforce_port = 8443",
        "prefix = /blog\nforce_port =",
        "prefix = /blog\ntranslate_forwarded_server = false",
    ];
    let mut requests = Vec::new();
    for target in [
        "/",
        "/blog",
        "/blog/",
        "/blog/x",
        "/blog/x/y?z=1",
        "/blogs",
        "/x/blog",
        "/a/b",
        "/a/b/c",
        "/a",
        "/%62log/x",
        "/blog//x",
        "/blog/%20",
    ] {
        let asked = Asked::new("GET", target).header("host", "inner:8080");
        requests.push(asked.clone());
        for (name, value) in [
            ("x-forwarded-host", "www.example"),
            ("x-forwarded-server", "www.example"),
            ("x-forwarded-for", "198.51.100.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-scheme", "https"),
        ] {
            requests.push(asked.clone().header(name, value));
        }
    }
    let question = |section: &&str| Question {
        file: filtered(&format!("use = egg:PasteDeploy#prefix\ntrusted = 192.0.2.7\n{section}")),
        htpasswd: None,
        requests: requests.clone(),
    };
    // The original does not know who is to be trusted.
    let mut questions: Vec<_> = sections.iter().map(question).collect();
    for question in &mut questions {
        question.file = question.file.replace("trusted", "set trusted");
    }
    questions
}

fn reason(
    question: &Question,
    asked: &Asked,
    original: &Answer,
    own: &Answer,
) -> Option<&'static str> {
    let (theirs, ours) = (original.echo(), own.echo());
    if theirs["path_info"] == "/" && ours["path_info"] == "" {
        return Some("the original makes the path of the mount point itself a `/`");
    }
    let path = asked.target.split('?').next().unwrap_or_default();
    if question.file.contains("prefix = /blog") && path == "/blogs" {
        return Some("the original takes a part of a segment for the prefix");
    }
    if question.file.contains("prefix = /blog") && path == "/%62log/x" {
        return Some("ours takes the prefix as it is written, as a proxy passes it on");
    }
    None
}

#[tokio::test]
async fn apps_see_the_same_base() {
    let view = |_: &Asked, answer: &Answer| {
        let seen = ["script_name", "path_info", "query", "scheme", "host", "client"];
        (answer.status, fields(&answer.echo(), &seen))
    };
    compare(500, &questions(), view, reason).await;
}
