use std::ops::ControlFlow;

use axum::response::Redirect;
use axum::routing::get as route;
use axum::{Extension, Router};
use impasto::{App, Connection, Filter, Mount};
use std::sync::Arc;

use crate::support::{get, place, text};

/// Mounts what is inside at `/v2.1`.
fn mount() -> Filter {
    Filter::on_request(|exchange| {
        let _ = exchange.path().starts_with("/v2.1") && exchange.mount_at("/v2.1".len());
        ControlFlow::Continue(())
    })
}

fn router() -> App {
    async fn redirect(Extension(mount): Extension<Mount>) -> Redirect {
        Redirect::to(&mount.path("/login"))
    }
    async fn original(Extension(mount): Extension<Mount>) -> String {
        format!("{mount} {}", mount.original_uri())
    }
    async fn scheme(Extension(connection): Extension<Arc<Connection>>) -> String {
        connection.scheme.to_string()
    }
    let router = Router::new().route("/", route(redirect)).route("/original", route(original));
    App::service(router.route("/scheme", route(scheme)))
}

#[tokio::test]
async fn a_router_under_a_mount_redirects_to_itself() {
    let app = router().filtered(&[mount()]);
    for (uri, location) in [("/v2.1", "/v2.1/login"), ("/v2.1/", "/v2.1/login"), ("/", "/login")] {
        assert_eq!(get(&app, uri).await.headers()["location"], location, "{uri}");
    }
    let prefix = Filter::on_request(|exchange| {
        exchange.set_script_name("/site/");
        ControlFlow::Continue(())
    });
    let app = app.filtered(&[prefix]);
    assert_eq!(get(&app, "/v2.1").await.headers()["location"], "/site/v2.1/login");
}

#[tokio::test]
async fn a_router_can_ask_for_what_was_taken_off() {
    let app = router().filtered(&[mount()]);
    assert_eq!(text(get(&app, "/v2.1/original?a=b").await).await, "/v2.1 /v2.1/original?a=b");
    assert_eq!(text(get(&app, "/v2.1/scheme").await).await, "http");
}

#[tokio::test]
async fn a_mount_is_seen_on_both_sides_of_a_layer() {
    let layer = || Filter::layer(tower::layer::util::Identity::new());
    let app = App::from_fn(place).filtered(&[mount(), layer(), layer()]);
    for (uri, seen) in
        [("/v2.1/x", "/v2.1|/x"), ("/v2.1", "/v2.1|"), ("/v2.10", "|/v2.10"), ("/", "|/")]
    {
        assert_eq!(text(get(&app, uri).await).await, seen);
    }
}

#[tokio::test]
async fn an_app_nested_in_an_axum_router_works() {
    let router = Router::new().nest_service("/api", App::from_fn(place).filtered(&[mount()]));
    assert_eq!(text(get(&App::service(router), "/api/v2.1/x").await).await, "/v2.1|/x");
}
