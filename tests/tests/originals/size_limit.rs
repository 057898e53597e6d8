use crate::ask::{Answer, Asked, Question, fields, filtered};
use crate::compare::{compare, never};

fn questions() -> Vec<Question> {
    let mut requests = Vec::new();
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        for length in [0, 1, 9, 10, 11, 100, 114_688, 114_689] {
            for is_sized in [true, false] {
                let body = "x".repeat(length);
                requests.push(Asked { body, is_sized, ..Asked::new(method, "/") });
            }
        }
    }
    let question = |size: &&str| Question {
        file: filtered(&format!(
            "paste.filter_factory = oslo_middleware:RequestBodySizeLimiter.factory\n{size}"
        )),
        htpasswd: None,
        requests: requests.clone(),
    };
    [
        "",
        "max_request_body_size = 10",
        "max_request_body_size = 0",
        "max_request_body_size = 114689",
    ]
    .iter()
    .map(question)
    .collect()
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let view = |_: &Asked, answer: &Answer| (answer.status, fields(&answer.echo(), &["body"]));
    compare(300, &questions(), view, never).await;
}
