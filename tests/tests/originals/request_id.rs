use crate::ask::{Answer, Asked, Question, fields};
use crate::compare::{compare, never};

fn questions() -> Vec<Question> {
    let ids = [
        None,
        Some("req-6f5902ac-2376-4b42-8b21-0f4bdb5c0d46"),
        Some("req-not-a-uuid"),
        Some(""),
        Some("6f5902ac-2376-4b42-8b21-0f4bdb5c0d46"),
        Some("REQ-6f5902ac-2376-4b42-8b21-0f4bdb5c0d46"),
        Some("a b\"c"),
    ];
    let mut requests = Vec::new();
    for id in ids {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
            for target in ["/", "/servers?limit=1", "/a%20b"] {
                let asked = Asked::new(method, target);
                requests.push(match id {
                    Some(id) => asked.header("x-openstack-request-id", id),
                    None => asked,
                });
            }
        }
    }
    let file = |own: &&str| {
        format!(
            "[pipeline:main]\npipeline = request_id echo\n\
             [filter:request_id]\npaste.filter_factory = oslo_middleware:RequestId.factory\n\
             [app:echo]\npaste.app_factory = originals:echo\n{own}\n"
        )
    };
    let own = ["", "header X-Openstack-Request-Id = req-own", "status = 404 Not Found"];
    let question = |own| Question { file: file(own), htpasswd: None, requests: requests.clone() };
    own.iter().map(question).collect()
}

/// The id without what differs from request to request.
fn form(id: &str) -> String {
    let is_new = id.starts_with("req-") && id.len() == 40;
    if is_new { "req-UUID".to_owned() } else { id.to_owned() }
}

#[tokio::test]
async fn every_answer_has_an_id_of_the_same_form() {
    let view = |_: &Asked, answer: &Answer| {
        let id = answer.header("x-openstack-request-id").map(|id| form(&id));
        (answer.status, id, fields(&answer.echo(), &["headers", "path_info"]))
    };
    compare(300, &questions(), view, never).await;
}
