//! nova's file is served as it is, once its own factories have stand-ins: each filter says its name
//! on the way in, each app says what it is and where it is mounted. A binary of its own, for what is
//! registered here would be linked into every other test.

use std::path::{Path, PathBuf};

use impasto::http::{HeaderValue, StatusCode};
use impasto_filters as _;
use impasto_server as _;

use impasto::{App, Body, Exchange, Filter, Loader, Request, Response, register};

/// A filter that leaves its name in a request header.
fn mark(name: &'static str) -> Filter {
    Filter::on_request(move |exchange| {
        exchange.headers_mut().append("x-passed", HeaderValue::from_static(name));
        std::ops::ControlFlow::Continue(())
    })
}

/// An app that says which it is, its mount point, its path and which filters the request passed.
fn say(name: &'static str) -> App {
    struct Say(&'static str);
    impl impasto::Handler for Say {
        fn call<'a>(&'a self, exchange: &'a mut Exchange) -> impasto::BoxFuture<'a, Response> {
            Box::pin(async move {
                let passed = exchange.headers().get_all("x-passed").iter();
                let passed: Vec<_> = passed.filter_map(|name| name.to_str().ok()).collect();
                let (mount, path) = (exchange.mount(), exchange.path());
                let text = format!("{} {mount}|{path} {}", self.0, passed.join(" "));
                Response::new(Body::from(text))
            })
        }
    }
    App::new(Say(name))
}

register!("nova_auth_token" => |_: ()| mark("authtoken"),
    for "keystonemiddleware.auth_token:filter_factory");
register!("nova_context" => |_: ()| mark("keystonecontext"),
    for "nova.api.auth:NovaKeystoneContext.factory");
register!("nova_legacy" => |_: ()| mark("legacy"),
    for "nova.api.openstack:LegacyV2CompatibleWrapper.factory");
register!("nova_compute" => |_: ()| say("compute"),
    for "nova.api.openstack.compute:APIRouterV21.factory");
register!("nova_versions" => |_: ()| say("versions"),
    for "nova.api.openstack.compute.versions:Versions.factory");
register!("nova_versions_v2" => |_: ()| say("versions_v2"),
    for "nova.api.openstack.compute.versions:VersionsV2.factory");
register!("nova_metadata" => |_: ()| say("metadata"),
    for "nova.api.metadata.handler:MetadataRequestHandler.factory");

/// Our file in nova's shape, and nova's own where there is a collection of real files.
fn files() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared =
        std::env::var_os("IMPASTO_SHARED").map_or(here.join("../../shared"), PathBuf::from);
    let files = [here.join("cases/nova/api-paste.ini"), shared.join("corpus/nova__api-paste.ini")];
    files.into_iter().filter(|file| file.exists()).collect()
}

async fn ask(app: &App, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = app.clone().handle(request, None).await;
    let status = response.status();
    let has_id = response.headers().contains_key("x-compute-request-id");
    assert_eq!(has_id, path != "/", "compute_req_id is around {path}");
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    (status, String::from_utf8(body.into()).unwrap())
}

#[test]
fn nothing_is_wrong_with_it() {
    for file in files() {
        let problems = Loader::open(&file).unwrap().check();
        assert!(!problems.has_errors(), "{}\n{problems}", file.display());
    }
}

#[tokio::test]
async fn every_path_reaches_its_app_through_its_filters_in_order() {
    const API: &str = "authtoken keystonecontext";
    for file in files() {
        let app = Loader::open(&file).unwrap().app("osapi_compute").unwrap();
        for (path, expected) in [
            ("/", "versions |/ ".to_owned()),
            ("/v2.1", "versions_v2 /v2.1| ".to_owned()),
            ("/v2", "versions_v2 /v2| legacy".to_owned()),
            ("/v2.1/servers", format!("compute /v2.1|/servers {API}")),
            ("/v2.1/servers/1/action?x=/v2", format!("compute /v2.1|/servers/1/action {API}")),
            ("/v2/servers", format!("compute /v2|/servers {API} legacy")),
        ] {
            assert_eq!(ask(&app, path).await, (StatusCode::OK, expected), "{path}");
        }
    }
}
