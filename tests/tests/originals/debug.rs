use crate::ask::{Asked, Question, filtered};
use crate::compare::{compare, never};

fn questions() -> Vec<Question> {
    let mut requests = Vec::new();
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
        for target in ["/", "/servers?token=secret", "/a%20b", "/%C3%A9", "//x"] {
            for body in ["", "a=b", "caf\u{e9}"] {
                let mut asked = Asked::new(method, target).header("authorization", "Basic eDp5");
                body.clone_into(&mut asked.body);
                requests.push(asked);
            }
        }
    }
    let own = ["", "status = 404 Not Found", "header Set-Cookie = a=b", "status = 500 Error"];
    let question = |own: &&str| Question {
        file: format!("{}{own}\n", filtered("use = egg:oslo.middleware#debug")),
        htpasswd: None,
        requests: requests.clone(),
    };
    own.iter().map(question).collect()
}

/// Where what is shown goes, and in which words, is another matter: there it is standard output, here the log.
#[tokio::test]
async fn to_look_changes_nothing() {
    let view = |_: &Asked, answer: &crate::ask::Answer| {
        let cookie = answer.header("set-cookie");
        (answer.status, answer.header("content-type"), cookie, answer.echo())
    };
    compare(300, &questions(), view, never).await;
}
