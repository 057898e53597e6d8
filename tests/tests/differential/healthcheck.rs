use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http_body_util::BodyExt;
use impasto::{Body, Connection, Loader, Request};
use impasto_filters as _;
use impasto_tests::oracle::answers;
use serde::{Deserialize, Serialize};

/// A request to a health check of these settings.
#[derive(Clone, Debug, Serialize)]
struct Question {
    settings: BTreeMap<&'static str, String>,
    method: &'static str,
    headers: BTreeMap<&'static str, &'static str>,
    port: u16,
    peer: Ipv4Addr,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Answer {
    status: u16,
    content_type: Option<String>,
    body: String,
}

/// What oslo.middleware answers to all of them.
fn originals(questions: &[Question]) -> Vec<Answer> {
    answers("healthcheck.py", &[], questions)
}

async fn ours(question: &Question) -> Answer {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("api-paste.ini");
    let mut file = "[app:main]\nuse = egg:oslo.middleware#healthcheck\n".to_owned();
    for (name, value) in &question.settings {
        file.push_str(&format!("{name} = {value}\n"));
    }
    std::fs::write(&path, file).expect("a file");
    let app = Loader::open(&path).expect("a file").app("main").expect("right settings");
    let mut request = Request::builder().method(question.method).uri("/");
    for (name, value) in &question.headers {
        request = request.header(*name, *value);
    }
    let mut connection = Connection::default();
    connection.peer = Some(SocketAddr::new(IpAddr::V4(question.peer), 1));
    connection.local = Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), question.port));
    let request = request.body(Body::empty()).expect("a request");
    let (head, body) = app.handle(request, Some(Arc::new(connection))).await.into_parts();
    let content_type = head.headers.get("content-type");
    // A server sends the body of no answer to a `HEAD`.
    let body = if question.method == "HEAD" { Body::empty() } else { body };
    let body = body.collect().await.expect("a body").to_bytes();
    Answer {
        status: head.status.as_u16(),
        content_type: content_type.map(|value| value.to_str().expect("text").to_owned()),
        body: String::from_utf8(body.into()).expect("text"),
    }
}

/// Where we answer something else, on purpose.
fn reason(question: &Question) -> Option<&'static str> {
    let has = |name| question.settings.contains_key(name);
    if !has("backends") && question.method != "HEAD" {
        return Some("without a check the original's answer is 200 and says nothing; ours says OK");
    }
    let details = ["text/html", "application/json", "application/*"];
    let shows = |accept: &&str| details.iter().any(|media| accept.contains(media));
    if has("detailed") && question.method != "HEAD" {
        let accept = question.headers.get("accept").copied();
        let why = "the original shows threads and memory of a Python process";
        return accept.filter(shows).map(|_| why);
    }
    None
}

fn questions(here: &str) -> Vec<Question> {
    let gone = format!("{here}/gone");
    let mut all = Vec::new();
    let sections: [&[(&'static str, String)]; 9] = [
        &[],
        &[("backends", "disable_by_file".to_owned())],
        &[("backends", "disable_by_file".to_owned()), ("disable_by_file_path", gone.clone())],
        &[("backends", "disable_by_file".to_owned()), ("disable_by_file_path", here.to_owned())],
        &[
            ("backends", "disable_by_files_ports,enable_by_files".to_owned()),
            ("disable_by_file_paths", format!("80:{here},81:{gone}")),
            ("enable_by_file_paths", format!("{here},{gone}")),
        ],
        &[
            ("backends", "enable_by_files".to_owned()),
            ("enable_by_file_paths", here.to_owned()),
            // Not made, since it is not listed.
            ("disable_by_file_path", here.to_owned()),
        ],
        &[("backends", "disable_by_file".to_owned()), ("detailed", "true".to_owned())],
        &[
            ("backends", "disable_by_file".to_owned()),
            ("allowed_source_ranges", "127.0.0.0/8".to_owned()),
        ],
        &[
            ("backends", "disable_by_file".to_owned()),
            ("ignore_proxied_requests", "true".to_owned()),
        ],
    ];
    let headers = [
        None,
        Some(("accept", "text/html")),
        Some(("accept", "application/json")),
        Some(("accept", "application/json, text/html;q=0.9")),
        Some(("accept", "text/html, application/json")),
        Some(("accept", "text/*;q=0.3, application/*")),
        Some(("accept", "image/png")),
        Some(("accept", "")),
        Some(("x-forwarded-for", "192.0.2.1")),
    ];
    for section in sections {
        let settings: BTreeMap<_, _> = section.iter().cloned().collect();
        for method in ["GET", "HEAD", "POST"] {
            for header in headers {
                for (port, peer) in [
                    (80, Ipv4Addr::LOCALHOST),
                    (81, Ipv4Addr::LOCALHOST),
                    (82, [192, 0, 2, 7].into()),
                ] {
                    let headers = header.into_iter().collect();
                    all.push(Question { settings: settings.clone(), method, headers, port, peer });
                }
            }
        }
    }
    all
}

#[tokio::test]
async fn a_health_check_answers_as_the_original() {
    let directory = tempfile::tempdir().unwrap();
    let questions = questions(directory.path().to_str().unwrap());
    let mut wrong = Vec::new();
    let (mut equal, mut chosen) = (0, 0);
    for (question, original) in questions.iter().zip(originals(&questions)) {
        let own = ours(question).await;
        match (own == original, reason(question)) {
            (true, None) => equal += 1,
            (false, Some(_)) => chosen += 1,
            (true, Some(reason)) => wrong.push(format!("no longer: {reason}\n{question:?}")),
            (false, None) => wrong.push(format!("{question:?}\n{original:?}\n{own:?}")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {}",
        wrong.len(),
        questions.len(),
        wrong[..2.min(wrong.len())].join("\n")
    );
    assert_eq!(equal + chosen, questions.len());
    assert!(equal > 2 * chosen, "{equal} equal, {chosen} chosen");
}
