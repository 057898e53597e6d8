//! The `api-paste.ini` at the top of the repository, as it is shipped.

use impasto::http::header::LOCATION;
use impasto::http::{Method, StatusCode};
use impasto::{App, Body, Loader, Request, Response};
use impasto_filters as _;
use impasto_server as _;

fn shipped() -> Loader {
    Loader::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../api-paste.ini")).unwrap()
}

async fn ask(app: &App, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.clone().handle(request.body(Body::empty()).unwrap(), None).await
}

async fn text(response: Response) -> String {
    let bytes = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    String::from_utf8(bytes.into()).unwrap()
}

#[test]
fn nothing_is_wrong_with_it() {
    let problems = shipped().check();
    assert!(problems.is_empty(), "{problems}");
}

#[tokio::test]
async fn every_mount_answers() {
    let app = shipped().app("main").unwrap();

    let versions = ask(&app, Method::GET, "/", &[]).await;
    assert_eq!(versions.headers()["content-type"], "application/json");
    let document: serde_json::Value = serde_json::from_str(&text(versions).await).unwrap();
    assert_eq!(document["versions"][0]["id"], "v2.1");

    let api = ask(&app, Method::GET, "/v2.1/servers?limit=3", &[("x-request-id", "mine")]).await;
    assert_eq!(
        (api.status(), &api.headers()["x-request-id"]),
        (StatusCode::OK, &"mine".parse().unwrap())
    );
    let shown = text(api).await;
    assert!(shown.contains("mount: /v2.1\npath: /servers\nquery: limit=3\n"), "{shown}");

    let redirect = ask(&app, Method::GET, "/static", &[]).await;
    assert_eq!(redirect.headers()[LOCATION], "/static/");
    let page = ask(&app, Method::GET, "/static/", &[]).await;
    assert_eq!(page.headers()["cache-control"], "max-age=300");
    assert!(text(page).await.contains("It serves files"));

    assert_eq!(text(ask(&app, Method::GET, "/healthcheck", &[]).await).await, "OK");
}

#[tokio::test]
async fn the_filters_of_the_api_are_in_force() {
    let app = shipped().app("main").unwrap();

    let origin = ("origin", "http://localhost:3000");
    let preflight = [origin, ("access-control-request-method", "PUT")];
    let allowed = ask(&app, Method::OPTIONS, "/v2.1/servers", &preflight).await;
    assert_eq!(allowed.headers()["access-control-allow-origin"], origin.1);

    let panicked = ask(&app, Method::GET, "/v2.1/panic", &[origin]).await;
    assert_eq!(panicked.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(panicked.headers()["access-control-allow-origin"], origin.1);
    let id = panicked.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert!(text(panicked).await.contains(&id));

    let large = Request::post("/v2.1/").body(Body::from(vec![0; (1 << 20) + 1])).unwrap();
    assert_eq!(app.handle(large, None).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
