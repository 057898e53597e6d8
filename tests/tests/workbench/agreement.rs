use std::path::Path;

use impasto::Loader;
use impasto_workbench::{Explanation, Question, Trial};

/// Composites of all kinds, in one another, and filters around each.
const FILE: &str = "\
[composite:main]
use = egg:impasto#host
a.example.org = paths
*.example.org = versions
b.example.org port 8443 = either
default = conditions

[pipeline:paths]
pipeline = one map

[composite:map]
use = egg:Paste#urlmap
/ = home
/v2 = api
/v2/+ = below
/v2/deep = again
domain a.example.org /v3 = hosted
domain a.example.org port 81 /v3 = ported

[composite:again]
use = egg:impasto#urlmap
/er = api
not_found_app = home

[composite:versions]
use = call:nova.api.openstack.urlmap:urlmap_factory
/ = home
/v2 = api
/v2.1/+ = below

[composite:conditions]
use = egg:impasto#match
header X-Canary yes = api
method POST,PUT not path /v2/* = below
query debug * = chosen
default = home

[composite:chosen]
use = call:nova.api.auth:pipeline_factory
noauth = api
keystone = one two api

[composite:either]
use = egg:Paste#cascade
app1 = none
app2 = api
app3 = home

[pipeline:api]
pipeline = one two backend

[filter-app:below]
use = two
next = backend

[app:hosted]
use = backend
filter-with = one

[app:ported]
use = backend

[app:backend]
use = egg:impasto#respond
body = backend

[app:home]
use = egg:impasto#respond
body = home

[app:none]
use = egg:impasto#respond
status = 404

[filter:one]
use = egg:impasto#request_id

[filter:two]
use = egg:impasto#secure_headers
filter-with = one
";

fn questions() -> Vec<Question> {
    const HOSTS: [&str; 6] = [
        "http://a.example.org",
        "https://a.example.org:81",
        "http://A.Example.org",
        "http://www.example.org",
        "https://b.example.org:8443",
        "http://elsewhere",
    ];
    const TARGETS: [&str; 12] = [
        "/",
        "/v2",
        "/v2/",
        "/v2/x",
        "/v20",
        "//v2//deep",
        "/v2/deep/er/y",
        "/v2%2Fdeep",
        "/v3/x",
        "/v2.1/servers",
        "/x?debug=1",
        "/%76%32/x?a=b",
    ];
    const HEADERS: [&[&str]; 4] = [
        &[],
        &["X-Canary: yes"],
        &["Accept: application/json;version=2"],
        &["Content-Type: application/json; version=2.1"],
    ];
    let mut questions = Vec::new();
    for host in HOSTS {
        for target in TARGETS {
            for headers in HEADERS {
                for method in ["GET", "POST"] {
                    let headers: Vec<_> = headers.iter().map(|it| it.to_string()).collect();
                    let url = format!("{host}{target}");
                    questions.push(Question::new(method, &url, &headers).expect("a request"));
                }
            }
        }
    }
    questions
}

/// What a request is said to meet, and what it comes to.
async fn compare(
    loader: &Loader,
    trial: &Trial,
    question: &Question,
) -> (Vec<String>, Vec<String>) {
    let explanation = Explanation::of_request(loader, Some("main"), question).expect("it resolves");
    let layers = explanation.way().layers();
    let told = layers.iter().map(|layer| layer.name()).collect();
    let outcome = trial.ask(question).await.expect("an answer");
    let met = outcome.passages.iter().map(|passage| passage.layer.name()).collect();
    (told, met)
}

#[tokio::test]
async fn what_is_explained_is_what_happens() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("api-paste.ini");
    std::fs::write(&path, FILE).expect("writable");
    let loader = Loader::open(&path).expect("readable");
    let trial = Trial::of(&loader, None, None).expect("all is linked");
    for question in questions() {
        let (told, met) = compare(&loader, &trial, &question).await;
        // A cascade is told as a whole, and asked until somebody answers.
        let met_first = told.get(..met.len());
        let (method, host, target) = (question.method(), question.host(), question.target());
        assert_eq!(met_first, Some(&met[..]), "{method} {host} {target} {:?}", question.headers());
        let is_cascade = told.get(1).is_some_and(|second| second == "either");
        assert!(
            is_cascade || told.len() == met.len(),
            "{method} {host} {target}: {told:?} {met:?}"
        );
    }
}

#[tokio::test]
async fn the_shipped_file_is_explained_as_it_serves() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-paste.ini");
    let loader = Loader::open(&path).expect("readable");
    let trial = Trial::of(&loader, None, None).expect("all is linked");
    for target in ["/", "/v2.1", "/v2.1/servers?limit=3", "/static/x", "/healthcheck", "/v2"] {
        let question = Question::new("GET", target, &[]).expect("a request");
        let (told, met) = compare(&loader, &trial, &question).await;
        assert_eq!(told, met, "{target}");
    }
}

#[tokio::test]
async fn the_pipeline_that_is_explained_is_the_one_that_runs() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("api-paste.ini");
    for (defaults, options, answers) in [
        ("", "", "b"),
        ("", "api_rate_limit = F", "b"),
        ("", "api_rate_limit = n", "b"),
        ("", "api_rate_limit = OFF", "b"),
        ("", "api_rate_limit = y", "a"),
        ("api_rate_limit = True", "", "a"),
        ("", "auth_strategy = noauth", "c"),
        ("flavor = noauth", "", "c"),
        ("", "set flavor = noauth", "c"),
        ("", "flavor = noauth", "c"),
        ("flavor = noauth", "auth_strategy = keystone", "b"),
    ] {
        let apps = ["a", "b", "c"].map(|name| format!("[app:{name}]\nuse = egg:impasto#respond\n"));
        let file = format!(
            "[DEFAULT]\n{defaults}\n[composite:main]\nuse = call:nova.api.auth:pipeline_factory\n\
             {options}\nkeystone = a\nkeystone_nolimit = b\nnoauth = c\n{}",
            apps.concat()
        );
        std::fs::write(&path, file).expect("writable");
        let loader = Loader::open(&path).expect("readable");
        let trial = Trial::of(&loader, None, None).expect("all is linked");
        let question = Question::new("GET", "/", &[]).expect("a request");
        let (told, met) = compare(&loader, &trial, &question).await;
        assert_eq!(told, met, "{defaults} {options}");
        assert_eq!(met.last().map(String::as_str), Some(answers), "{defaults} {options}");
        let problems = loader.check();
        assert!(problems.is_empty(), "{defaults} {options}: {problems}");
    }
}
