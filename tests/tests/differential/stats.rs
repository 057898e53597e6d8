use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::ops::ControlFlow;
use std::time::Duration;

use impasto::{App, Body, Filter, Loader, Request, Response};
use impasto_filters as _;
use impasto_tests::oracle::answers;
use serde::Serialize;

/// A request that is timed with these settings.
#[derive(Debug, Serialize)]
struct Question {
    settings: BTreeMap<&'static str, &'static str>,
    method: &'static str,
    mount: &'static str,
    path: &'static str,
}

/// The names that oslo.middleware makes for all of them.
fn originals(questions: &[Question]) -> Vec<String> {
    answers("stats.py", &[], questions)
}

async fn ours(question: &Question) -> String {
    let server = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    server.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket that waits");
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("api-paste.ini");
    let host = server.local_addr().expect("an address");
    let mut file = format!("[filter:main]\nuse = egg:oslo.middleware#stats\nstats_host = {host}\n");
    for (name, value) in &question.settings {
        file.push_str(&format!("{name} = {value}\n"));
    }
    std::fs::write(&path, file).expect("a file");
    let filter = Loader::open(&path).expect("a file").filter("main").expect("right settings");
    let mount = question.mount;
    let mounted = Filter::on_request(move |exchange| {
        assert!(exchange.mount_at(mount.len()));
        ControlFlow::Continue(())
    });
    let app = App::at_once(|_| Response::default()).filtered(&[mounted, filter]);
    let uri = format!("{mount}{}", question.path);
    let request = Request::builder().method(question.method).uri(uri).body(Body::empty());
    app.handle(request.expect("a request"), None).await;
    // The end of the filter sends what there is.
    let mut datagram = [0; 2048];
    let length = server.recv(&mut datagram).expect("a datagram");
    let line = String::from_utf8_lossy(&datagram[..length]);
    line.split_once(':').expect("a time").0.to_owned()
}

/// Where we make another name, on purpose.
fn reason(question: &Question) -> Option<&'static str> {
    let has = |name| question.settings.contains_key(name);
    match question.path {
        "/a:b|c" => Some("what means something to statsd would make another line of it"),
        path if has("remove_uuid") && path.ends_with("0123456789ab") => {
            Some("the original removes a UUID only where an `a` comes behind it")
        }
        path if has("remove_uuid") && path.contains("/volumes/") => {
            Some("the original removes only the last of several UUIDs")
        }
        _ => None,
    }
}

fn questions() -> Vec<Question> {
    const PATHS: [&str; 10] = [
        "/",
        "/servers",
        "/v2.1/servers/detail",
        "/v2.1",
        "/servers/v2.1",
        "/a.b//c/",
        "/a:b|c",
        "/servers/0a1b2c3d-0000-4000-8000-0123456789ab",
        "/servers/0a1b2c3d-0000-4000-8000-0123456789AB/action",
        "/0a1b2c3d000040008000012345678900/servers",
    ];
    let settings: [&[_]; 4] = [
        &[],
        &[("remove_uuid", "true")],
        &[("remove_short_uuid", "true")],
        &[("remove_uuid", "true"), ("remove_short_uuid", "true")],
    ];
    let mut all = Vec::new();
    for own in settings {
        for method in ["GET", "POST", "DELETE"] {
            for (mount, path) in PATHS.map(|path| ("", path)).into_iter().chain([
                ("/v2.1", "/servers"),
                ("/compute", "/v2.1/x"),
                ("", "/servers/0a1b2c3d-0000-4000-8000-0123456789ab/volumes/0a1b2c3d-0000-4000-8000-0123456789ac/a"),
            ]) {
                let own = own.iter().copied().chain([("name", "nova")]);
                all.push(Question { settings: own.collect(), method, mount, path });
            }
        }
    }
    all
}

#[tokio::test]
async fn requests_are_timed_under_the_originals_names() {
    let questions = questions();
    let mut wrong = Vec::new();
    for (question, original) in questions.iter().zip(originals(&questions)) {
        let own = ours(question).await;
        match (own == original, reason(question)) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(reason)) => wrong.push(format!("no longer: {reason}\n{question:?}")),
            (false, None) => wrong.push(format!("{question:?}\n{original}\n{own}")),
        }
    }
    let count = questions.len();
    assert!(wrong.is_empty(), "{} of {count}: {}", wrong.len(), wrong[..1].join("\n"));
}
