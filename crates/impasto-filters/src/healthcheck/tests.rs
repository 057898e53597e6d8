use std::net::SocketAddr;
use std::sync::Arc;

use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use impasto::Connection;

use super::*;
use crate::testing::{answer_to, get, named, send, settings, with_body, wrap};

fn app(options: &[(&str, &str)]) -> App {
    healthcheck_app(settings(options)).unwrap()
}

#[tokio::test]
async fn a_file_takes_the_server_out() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("disabled");
    let app = app(&[("disable_by_file_path", file.to_str().unwrap())]);
    assert_eq!(answer_to(&app, "/any").await, (StatusCode::OK, "OK".to_owned()));
    let head = || with_body("HEAD", "/any", "");
    assert_eq!(send(&app, head()).await.status(), StatusCode::NO_CONTENT);
    std::fs::write(&file, "").unwrap();
    let disabled = (StatusCode::SERVICE_UNAVAILABLE, "DISABLED BY FILE".to_owned());
    assert_eq!(answer_to(&app, "/any").await, disabled);
    assert_eq!(send(&app, head()).await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_filter_answers_only_at_its_path() {
    let filter = healthcheck_filter(settings(&[("backends", "disable_by_file")])).unwrap();
    let app = wrap(filter, named("api"));
    assert_eq!(answer_to(&app, "/healthcheck").await.1, "OK");
    for path in ["/healthcheck/", "/healthchec", "/v2/healthcheck", "/"] {
        assert_eq!(answer_to(&app, path).await.1, format!("api |{path}"));
    }
}

/// What a client at `peer` that sends `headers` gets.
async fn from(app: &App, peer: &str, headers: &[(&'static str, &str)]) -> (u16, String, String) {
    let mut connection = Connection::default();
    connection.peer = Some(SocketAddr::new(peer.parse().unwrap(), 1));
    let mut request = get("/");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let response = app.clone().handle(request, Some(Arc::new(connection))).await;
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let content_type = head.headers[CONTENT_TYPE].to_str().unwrap().to_owned();
    (head.status.as_u16(), content_type, String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn a_client_has_the_form_that_it_prefers() {
    let app = app(&[]);
    for (accept, content_type) in [
        ("text/html;q=0.2, application/json;q=0.5", "application/json"),
        ("application/json, text/html", "text/html; charset=UTF-8"),
        ("*/*", "text/plain; charset=UTF-8"),
        ("*/*, text/plain;q=0", "text/html; charset=UTF-8"),
        ("image/png", "text/plain; charset=UTF-8"),
    ] {
        assert_eq!(from(&app, "::1", &[("accept", accept)]).await.1, content_type, "{accept}");
    }
    let (_, _, json) = from(&app, "::1", &[("accept", "application/json")]).await;
    assert_eq!(json, "{\n    \"detailed\": false,\n    \"reasons\": [\n        \"OK\"\n    ]\n}");
}

#[tokio::test]
async fn details_are_for_those_who_may_see_them() {
    let app = app(&[
        ("detailed", "true"),
        ("detailed_source_ranges", "10.0.0.0/8"),
        ("disable_by_file_path", "/no/<such>/file"),
    ]);
    for (accept, words) in [
        ("application/json", "\"details\": \"Path '/no/<such>/file' was not found\""),
        ("text/html", "<TD>Path &#39;/no/&lt;such&gt;/file&#39; was not found</TD>"),
    ] {
        let (_, _, trusted) = from(&app, "10.1.1.1", &[("accept", accept)]).await;
        assert!(trusted.contains(words), "{trusted}");
        let (_, _, stranger) = from(&app, "192.0.2.1", &[("accept", accept)]).await;
        assert!(stranger.contains("OK") && !stranger.contains("such"), "{stranger}");
    }
}

#[tokio::test]
async fn for_others_it_is_not_there() {
    let options = [("allowed_source_ranges", "10.0.0.0/8"), ("ignore_proxied_requests", "true")];
    let app = app(&options);
    let filtered =
        wrap(healthcheck_filter(settings(&[options[0], options[1], ("path", "/")])).unwrap(), {
            App::at_once(|_| crate::text(StatusCode::ACCEPTED, ""))
        });
    for (peer, headers, is_answered) in [
        ("10.0.0.1", &[][..], true),
        ("10.0.0.1", &[("x-forwarded-for", "")], true),
        ("10.0.0.1", &[("x-forwarded-prefix", "/x")], false),
        ("192.0.2.1", &[], false),
    ] {
        let expected = if is_answered { (200, 200) } else { (404, 202) };
        let own = from(&app, peer, headers).await.0;
        assert_eq!((own, from(&filtered, peer, headers).await.0), expected, "{peer} {headers:?}");
    }
}

#[test]
fn checks_that_contradict_each_other_are_refused() {
    let both = [("disable_by_file_path", "/a"), ("enable_by_file_paths", "/b")];
    let message = "`backends`: `enable_by_files` and `disable_by_file` exclude each other";
    for options in [&both[..], &[("backends", "disable_by_file, enable_by_files")]] {
        assert_eq!(healthcheck_app(settings(options)).err().unwrap().to_string(), message);
    }
}

#[test]
fn a_path_that_no_request_has_is_refused_at_its_place() {
    let file = |path: &str| {
        format!(
            "[filter-app:main]\nuse = egg:impasto#healthcheck\nnext = app\npath = {path}\n\
             [app:app]\nuse = egg:impasto#respond\n"
        )
    };
    crate::testing::load(&file("/alive")).unwrap();
    for path in ["alive", ""] {
        let error = crate::testing::load(&file(path)).unwrap_err().to_string();
        assert!(error.contains("does not begin with `/`") && error.contains(":4"), "{error}");
    }
}
