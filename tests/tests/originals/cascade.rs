use crate::ask::{Answer, Asked, Question, fields};
use crate::compare::{compare, never};

fn file(catch: &str, statuses: [&str; 3]) -> String {
    let apps = ["app1", "app2", "app3"].iter().zip(statuses);
    let apps: String = apps
        .map(|(name, status)| format!("[app:{name}]\npaste.app_factory = originals:echo\nname = {name}\nstatus = {status}\n"))
        .collect();
    format!(
        "[composite:main]\nuse = egg:Paste#cascade\n{catch}\napp2 = app2\napp10 = app1\napp3 = app3\n{apps}"
    )
}

fn questions() -> Vec<Question> {
    let mut requests = Vec::new();
    for method in ["GET", "POST", "PUT", "DELETE"] {
        for body in ["", "x", "a longer text, which every app is to see"] {
            requests.push(Asked { body: body.to_owned(), ..Asked::new(method, "/a/b?c") });
        }
    }
    let mut questions = Vec::new();
    for catch in ["", "catch = 404", "catch = 403 404", "catch = 405 500"] {
        for first in ["200 OK", "404 Not Found", "403 Forbidden", "500 Internal Server Error"] {
            for second in ["200 OK", "404 Not Found", "405 Method Not Allowed"] {
                let statuses = [first, second, "404 Not Found"];
                questions.push(Question {
                    file: file(catch, statuses),
                    htpasswd: None,
                    requests: requests.clone(),
                });
            }
        }
    }
    questions
}

#[tokio::test]
async fn the_same_app_has_the_answer() {
    let view = |_: &Asked, answer: &Answer| {
        (answer.status, fields(&answer.echo(), &["app", "body", "path_info", "query"]))
    };
    compare(500, &questions(), view, never).await;
}
