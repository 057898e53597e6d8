use std::collections::BTreeSet;

use crate::ask::{Answer, Asked, Question, filtered};
use crate::compare::compare;

/// What a browser concludes from an answer, as the Fetch standard has it.
#[derive(Debug, PartialEq)]
enum Concluded {
    /// Whether the request may be sent; whether with cookies, and for how long that holds.
    Preflight(Option<(bool, Option<String>)>),
    /// Whether the page may read the answer: with cookies, and which headers. The answer itself is the app's.
    Read(Option<(bool, BTreeSet<String>)>, u16, Option<String>),
}

fn concluded(asked: &Asked, answer: &Answer) -> Concluded {
    let list = |name: &str| -> BTreeSet<String> {
        let items = answer.header(name).unwrap_or_default();
        items.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
    };
    let allowed = answer.header("access-control-allow-origin");
    let is_allowed =
        allowed.is_some() && (allowed == asked.value("origin") || allowed.as_deref() == Some("*"));
    let credentials = answer.header("access-control-allow-credentials").as_deref() == Some("true");
    match asked.value("access-control-request-method") {
        Some(method) if asked.method == "OPTIONS" && asked.value("origin").is_some() => {
            let methods = list("access-control-allow-methods");
            let simple = ["GET", "HEAD", "POST"].contains(&&*method);
            let allows_method = simple || methods.contains(&method);
            let headers: BTreeSet<_> =
                list("access-control-allow-headers").iter().map(|it| it.to_lowercase()).collect();
            let asked_headers = asked.value("access-control-request-headers").unwrap_or_default();
            let mut asked_headers = asked_headers.split(',').map(|it| it.trim().to_lowercase());
            let allows_headers = asked_headers.all(|it| it.is_empty() || headers.contains(&it));
            let may = is_allowed
                && allows_method
                && allows_headers
                && (200..300).contains(&answer.status);
            Concluded::Preflight(
                may.then(|| (credentials, answer.header("access-control-max-age"))),
            )
        }
        _ => {
            let exposed = list("access-control-expose-headers");
            let read = is_allowed.then_some((credentials, exposed));
            let vary = answer.header("vary").filter(|_| {
                asked.value("origin").is_some() && is_allowed && allowed.as_deref() != Some("*")
            });
            Concluded::Read(read, answer.status, vary.map(|it| it.to_lowercase()))
        }
    }
}

fn questions() -> Vec<Question> {
    let sections = [
        "allowed_origin = https://a.example",
        "allowed_origin = https://a.example,http://b.example:8080\nmax_age = 5\nallow_headers = X-Auth-Token,X-Trace",
        "allowed_origin = https://a.example\nallow_credentials = false\nexpose_headers = X-Id, X-Other",
        "allowed_origin = https://a.example\nallow_methods = GET, PUT\nexpose_headers = X-Id",
        "allowed_origin = *\nallow_credentials = false",
    ];
    let origins = [
        None,
        Some("https://a.example"),
        Some("http://b.example:8080"),
        Some("https://evil.example"),
        Some("https://a.example.evil.example"),
        Some("http://a.example"),
        Some("https://A.example"),
        Some("null"),
    ];
    let mut requests = Vec::new();
    for origin in origins {
        let from = |asked: Asked| match origin {
            Some(origin) => asked.header("origin", origin),
            None => asked,
        };
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
            requests.push(from(Asked::new(method, "/a")));
        }
        for wanted in ["GET", "PUT", "DELETE", "PATCH", "LOCK", "put"] {
            let preflight =
                from(Asked::new("OPTIONS", "/a")).header("access-control-request-method", wanted);
            requests.push(preflight.clone());
            for headers in [
                "X-Auth-Token",
                "content-type",
                "x-trace, X-AUTH-TOKEN",
                "X-Secret, Content-Type",
                "authorization",
            ] {
                requests.push(preflight.clone().header("access-control-request-headers", headers));
            }
        }
    }
    let question = |section: &&str| Question {
        file: filtered(&format!(
            "paste.filter_factory = oslo_middleware.cors:filter_factory\n{section}"
        )),
        htpasswd: None,
        requests: requests.clone(),
    };
    sections.iter().map(question).collect()
}

fn reason(_: &Question, asked: &Asked, original: &Answer, own: &Answer) -> Option<&'static str> {
    let is_preflight = asked.value("access-control-request-method").is_some();
    let differ = concluded(asked, original) != concluded(asked, own);
    let reason =
        "an OPTIONS without a method to ask for is no preflight, and pages may read its answer";
    (asked.method == "OPTIONS" && !is_preflight && differ).then_some(reason)
}

#[tokio::test]
async fn a_browser_concludes_the_same() {
    compare(1000, &questions(), concluded, reason).await;
}
