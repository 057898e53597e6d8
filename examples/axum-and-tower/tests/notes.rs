//! The router inside the layers, loaded from the file beside it.

use axum_and_tower as _;
use http_body_util::BodyExt;
use impasto::http::{Request, StatusCode};
use impasto::{App, Body, Loader, Response};
use impasto_filters as _;

fn load() -> App {
    let loader = Loader::open(concat!(env!("CARGO_MANIFEST_DIR"), "/api-paste.ini")).unwrap();
    assert!(loader.check().is_empty(), "{}", loader.check());
    loader.app("main").unwrap()
}

async fn add(app: &App, note: &'static str) -> Response {
    let request = Request::post("/v1/notes").body(Body::from(note)).unwrap();
    app.clone().handle(request, None).await
}

async fn get(app: &App, path: &str) -> Response {
    let request = Request::get(path).header("accept-encoding", "gzip").body(Body::empty());
    app.clone().handle(request.unwrap(), None).await
}

async fn bytes(response: Response) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

#[tokio::test]
async fn redirects_are_right_under_the_mount_point() {
    let app = load();
    let added = add(&app, "buy milk").await;
    assert_eq!(added.status(), StatusCode::SEE_OTHER);
    assert_eq!(added.headers()["location"], "/v1/notes/0");
    let shown = get(&app, "/v1/notes/0").await;
    assert!(shown.headers().contains_key("x-request-id"));
    assert_eq!(bytes(shown).await, b"buy milk");
    assert_eq!(get(&app, "/v1/notes/1").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn settings_of_the_file_reach_router_and_layers() {
    let app = load();
    assert!(!get(&app, "/v1/notes").await.headers().contains_key("content-encoding"));
    for _ in 0..3 {
        let long = "remember the milk, and the bread, and the butter";
        assert_eq!(add(&app, long).await.status(), StatusCode::SEE_OTHER);
    }
    assert_eq!(add(&app, "one more").await.status(), StatusCode::INSUFFICIENT_STORAGE);
    let list = get(&app, "/v1/notes").await;
    assert_eq!(list.headers()["content-encoding"], "gzip");
    assert!(bytes(list).await.starts_with(&[0x1f, 0x8b]));
}
