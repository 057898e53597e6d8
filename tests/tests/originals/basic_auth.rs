use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::ask::{Answer, Asked, Question, fields, filtered};
use crate::compare::compare;

/// `ann` and `bob:b`'s name without its colon, with the password `secret`.
const USERS: &str = "ann:$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n\
                     # a comment\n\n\
                     bob:$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";

fn questions(htpasswd: &str) -> Vec<Question> {
    let mut values: Vec<Option<String>> = vec![None];
    for pair in [
        "ann:secret",
        "bob:secret",
        "ann:wrong",
        "ann:",
        "ann",
        ":secret",
        ":",
        "",
        "eve:secret",
        "Ann:secret",
        "ann:secret:",
        "ann:secret ",
        " ann:secret",
        "ann :secret",
        "# a comment:x",
        "ann:\u{e9}",
        "\u{e9}:secret",
        "ann:secret\n",
        "an:secret",
        "annn:secret",
        "ann:SECRET",
        "bob:ann:secret",
    ] {
        let token = STANDARD.encode(pair);
        for scheme in ["Basic", "basic", "BASIC", "Bearer", "Digest", "Basic\t", "Basic  "] {
            values.push(Some(format!("{scheme} {token}")));
        }
        values.push(Some(token.clone()));
        values.push(Some(format!("Basic {}", token.trim_end_matches('='))));
        values.push(Some(format!("Basic {token}!")));
        values.push(Some(format!("Basic {token} more")));
    }
    values
        .extend(["Basic", "Basic ", "Basic !!!!", "Basic //79", ""].map(|it| Some(it.to_owned())));
    let mut requests = Vec::new();
    for value in values {
        for method in ["GET", "POST"] {
            let asked = Asked::new(method, "/").header("x-user", "root");
            requests.push(match &value {
                Some(value) => asked.header("authorization", value.as_str()),
                None => asked,
            });
        }
    }
    vec![Question {
        file: filtered(&format!(
            "paste.filter_factory = oslo_middleware:BasicAuthMiddleware.factory\n\
             http_basic_auth_user_file = {htpasswd}"
        )),
        htpasswd: Some(htpasswd.to_owned()),
        requests,
    }]
}

fn reason(_: &Question, asked: &Asked, original: &Answer, _: &Answer) -> Option<&'static str> {
    let has_tab = asked.value("authorization").is_some_and(|value| value.contains('\t'));
    let reason = "the original takes a tab for the space behind the scheme (RFC 9110, 11.4)";
    (has_tab && original.status == 200).then_some(reason)
}

#[tokio::test]
async fn the_same_users_are_let_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("htpasswd");
    std::fs::write(&path, USERS).unwrap();
    let view = |_: &Asked, answer: &Answer| (answer.status, fields(&answer.echo(), &["headers"]));
    compare(400, &questions(path.to_str().unwrap()), view, reason).await;
}
