use crate::ask::{Answer, Asked, Question, fields};
use crate::compare::compare;

/// An app that answers 404 at `/none`, and whatever else it is at the other paths.
fn file(settings: &str) -> String {
    format!(
        "[composite:main]\nuse = egg:Paste#urlmap\n/ = whole\n/mounted = whole\n\
         [pipeline:whole]\npipeline = documents apps\n\
         [filter:documents]\nuse = egg:Paste#errordocument\n{settings}\n\
         [composite:apps]\nuse = egg:Paste#urlmap\n/ = fine\n/none = none\n/broken = broken\n\
         /pages = pages\n/pages/gone = none\n\
         [app:fine]\npaste.app_factory = originals:echo\nname = fine\n\
         [app:none]\npaste.app_factory = originals:echo\nname = none\nstatus = 404 Not Found\n\
         header X-Both = none\nheader X-Own = none\n\
         [app:broken]\npaste.app_factory = originals:echo\nname = broken\n\
         status = 503 Service Unavailable\nheader Set-Cookie = a=b\n\
         [app:pages]\npaste.app_factory = originals:echo\nname = pages\nheader X-Both = pages\n\
         header Set-Cookie = c=d\n"
    )
}

fn questions() -> Vec<Question> {
    let mut requests = Vec::new();
    for target in [
        "/",
        "/none",
        "/none?x=y",
        "/none/deep",
        "/broken",
        "/broken?x=y",
        "/pages",
        "/pages/404",
        "/pages/gone",
        "/mounted/none?x",
        "/mounted/broken",
        "/mounted/x",
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
            let mut asked = Asked::new(method, target).header("authorization", "Basic eDp5");
            if method == "POST" || method == "PUT" {
                "a=b".clone_into(&mut asked.body);
            }
            requests.push(asked);
        }
    }
    let question = |settings: &&str| Question {
        file: file(settings),
        htpasswd: None,
        requests: requests.clone(),
    };
    ["404 = /pages/404", "404 = /pages/404?x=1\n503 = /pages/sorry", "503 = /pages/gone"]
        .iter()
        .map(question)
        .collect()
}

fn reason(_: &Question, _: &Asked, original: &Answer, own: &Answer) -> Option<&'static str> {
    // The page was a 404 itself.
    let is_chosen = original.header("x-own").is_some() && own.header("x-own").is_none();
    is_chosen.then_some("what is not answered with 200 is no page")
}

#[tokio::test]
async fn pages_take_the_place_of_the_same_answers() {
    let view = |_: &Asked, answer: &Answer| {
        let seen = fields(&answer.echo(), &["app", "path_info", "query", "script_name", "headers"]);
        let header = |name: &str| answer.header(name);
        (answer.status, seen, ["x-both", "x-own", "set-cookie"].map(header))
    };
    compare(150, &questions(), view, reason).await;
}
