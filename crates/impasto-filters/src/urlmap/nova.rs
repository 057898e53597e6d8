//! The urlmap of nova, which also finds an app by the version that a request asks for.

use impasto::{App, BoxFuture, CompositeLoader, Exchange, Handler, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ByPath, UrlMap};
use crate::options::OtherOptions;

/// The media type in which a client wants its answer: nova's `nova.best_content_type`. A request
/// extension that nova's urlmap leaves for the apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BestContentType(pub &'static str);

/// Sends each request to the app that is mounted at its path, or else to the version it asks for.
///
/// This is nova's urlmap: all that `urlmap` does, and where only `/` would take a request,
/// a `version=X` in its `Content-Type` or its `Accept` header sends it to what is mounted at `/vX`,
/// as though its path had begun with that.
///
/// ```ini
/// [composite:compute]
/// use = egg:impasto#nova_urlmap
/// / = versions
/// /v2.1 = version
/// /v2.1/+ = api
///
/// [app:versions]
/// use = egg:impasto#respond
/// body = all versions
///
/// [app:version]
/// use = egg:impasto#respond
/// body = version 2.1
///
/// [app:api]
/// use = egg:impasto#debug
/// ```
///
/// The apps find the media type that the client wants, by the end of the path (`.json`) or the
/// `Accept` header, as the request extension `BestContentType`.
#[derive(Deserialize, JsonSchema)]
struct NovaUrlMap {
    /// The name of the app for requests that no path takes. By default the answer is a 404.
    not_found_app: Option<String>,
    /// A path expression, and the name of the app that is mounted there.
    #[serde(flatten)]
    mounts: OtherOptions,
}

register!("nova_urlmap" => nova_urlmap, for
    "nova.api.openstack.urlmap:urlmap_factory",
    "nova.api.openstack.v2.urlmap:urlmap_factory",
    "masakari.api.urlmap:urlmap_factory",
);

fn nova_urlmap(settings: NovaUrlMap, loader: &CompositeLoader) -> anyhow::Result<App> {
    let NovaUrlMap { not_found_app, mounts } = settings;
    let by_path = UrlMap { not_found_app, mounts }.build(|name| loader.app(name))?;
    Ok(App::new(ByVersion(by_path)))
}

struct ByVersion(ByPath);

impl ByVersion {
    fn enter(&self, exchange: &mut Exchange) -> Option<&App> {
        let (way, media) = self.0.mounts.find_version(exchange);
        let app = way?.enter(exchange);
        exchange.extensions_mut().insert(BestContentType(media));
        app
    }
}

impl Handler for ByVersion {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        let app = self.enter(exchange).unwrap_or(&self.0.not_found);
        Box::pin(app.run(exchange))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, get, named};
    use http::header::ACCEPT;

    const JSON: &str = "application/json";
    const ATOM: &str = "application/atom+xml";

    fn map() -> App {
        let mounts = ["/", "/v2", "/v2.1", "/v2.1/+"];
        let mounts = mounts.iter().map(|path| (path.to_string(), path.to_string())).collect();
        let settings = UrlMap { not_found_app: None, mounts: OtherOptions(mounts) };
        App::new(ByVersion(settings.build(|name| named(String::from(name).leak())).unwrap()))
    }

    #[tokio::test]
    async fn a_version_is_found_by_path_then_by_header() {
        for (path, name, value, reached) in [
            ("/", "accept", "application/json;version=2", "/v2 /v2|/"),
            ("/servers", "accept", "application/json;version=2.1", "/v2.1 /v2.1|/servers"),
            ("/servers", "content-type", "application/json; version=2", "/v2 /v2|/servers"),
            ("/servers", "accept", "text/html;version=2", "/ |/servers"),
            ("/servers", "accept", "*/*;version=9", "/ |/servers"),
            ("/v2/servers", "accept", "*/*;version=2.1", "/v2 /v2|/servers"),
            ("//servers", "accept", "*/*;version=2", "/v2 /v2|/servers"),
        ] {
            let mut request = get(path);
            request.headers_mut().insert(name, value.parse().unwrap());
            assert_eq!(answer(&map(), request).await.1, reached, "{path} {name}: {value}");
        }
    }

    #[test]
    fn the_apps_learn_which_media_type_is_wanted() {
        let mounts = OtherOptions(vec![("/v2".to_owned(), "app".to_owned())]);
        let map =
            ByVersion(UrlMap { not_found_app: None, mounts }.build(|_| named("app")).unwrap());
        for (path, accept, media) in [
            ("/v2/x.json", "application/atom+xml", JSON),
            ("/v2/", "application/atom+xml", ATOM),
            ("/v2/x", "application/atom+xml", JSON),
        ] {
            let mut request = get(path);
            request.headers_mut().insert(ACCEPT, accept.parse().unwrap());
            let mut exchange = Exchange::new(request, None);
            assert!(map.enter(&mut exchange).is_some());
            assert_eq!(exchange.extensions().get(), Some(&BestContentType(media)), "{path}");
        }
    }
}
