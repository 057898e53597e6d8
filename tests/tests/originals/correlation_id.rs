use crate::ask::{Answer, Asked, Question, fields, filtered};
use crate::compare::compare;

fn questions() -> Vec<Question> {
    let ids = [
        None,
        Some("6f5902ac-2376-4b42-8b21-0f4bdb5c0d46"),
        Some("req-1"),
        Some("a.b_c"),
        Some(""),
        Some("a b\"c"),
        Some("a,b"),
    ];
    let mut requests = Vec::new();
    for id in ids {
        for method in ["GET", "HEAD", "POST", "DELETE"] {
            for target in ["/", "/servers?limit=1", "/a%20b", "//"] {
                let asked = Asked::new(method, target);
                requests.push(match id {
                    Some(id) => asked.header("x-correlation-id", id),
                    None => asked,
                });
            }
        }
    }
    let file = filtered("use = egg:oslo.middleware#correlation_id");
    vec![Question { file, htpasswd: None, requests }]
}

fn reason(_: &Question, asked: &Asked, _: &Answer, _: &Answer) -> Option<&'static str> {
    let id = asked.value("x-correlation-id").unwrap_or_default();
    // A HEAD shows nothing of what the app saw.
    let is_shown = asked.method != "HEAD" && id.contains([' ', ',']);
    is_shown.then_some("ours keeps no id with what means something elsewhere")
}

#[tokio::test]
async fn the_app_is_given_the_same_id_or_one_of_the_same_form() {
    let view = |_: &Asked, answer: &Answer| {
        let mut seen = fields(&answer.echo(), &["headers", "path_info"]);
        if let Some(id) = seen.get_mut("headers").and_then(|it| it.get_mut("x-correlation-id"))
            && id.as_str().is_some_and(|id| id.len() == 36)
        {
            *id = "UUID".into();
        }
        (answer.status, answer.header("x-correlation-id"), seen)
    };
    compare(100, &questions(), view, reason).await;
}
