//! The urlmap of nova, which also finds an app by the version that a request asks for.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};
use impasto::{App, BoxFuture, CompositeLoader, Exchange, Handler, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

use super::mounts::{Mount, enter, set_path};
use super::{ByPath, UrlMap};
use crate::accept::{best, parameter, split};
use crate::options::OtherOptions;

const JSON: &str = "application/json";
const ATOM: &str = "application/atom+xml";

/// The media type in which a client wants its answer: nova's `nova.best_content_type`. A request
/// extension that nova's urlmap leaves for the apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BestContentType(pub &'static str);

/// Sends each request to the app that is mounted at its path, or else to the version it asks for.
///
/// This is nova's urlmap: all that [`urlmap`](UrlMap) does, and where only `/` would take a request,
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

/// How a request came to an app.
enum Way<'a> {
    /// By so many bytes of its path.
    Path(&'a Mount, usize),
    /// By the version it asks for.
    Version(&'a Mount),
}

impl ByVersion {
    /// nova's order: the path unless only `/` takes it, the `Content-Type`, the `Accept` header, `/`.
    fn find(&self, exchange: &Exchange) -> (Option<Way<'_>>, &'static str) {
        let path = exchange.path();
        let mounts = &self.0.mounts;
        let by_path = mounts.find(exchange, path);
        let at_version = |version: Option<&str>| {
            let found = mounts.find(exchange, &format!("/v{}", version?));
            found.map(|(mount, _)| Way::Version(mount))
        };
        let suffix = path.ends_with(".json").then_some(JSON);
        let own = by_path.as_ref().filter(|(mount, _)| !mount.path().is_empty());
        let is_index = path == "/" || own.is_some_and(|(_, length)| &path[*length..] == "/");
        let supported: &[_] = if is_index { &[JSON, ATOM] } else { &[JSON] };
        let accepted = || best(texts(exchange.headers(), ACCEPT), supported);

        if let Some((mount, length)) = own {
            let media = suffix.or_else(|| accepted().map(|(media, _)| media));
            return (Some(Way::Path(mount, *length)), media.unwrap_or(JSON));
        }
        let content_type = texts(exchange.headers(), CONTENT_TYPE).next().unwrap_or_default();
        let by_content_type = at_version(parameter(split(content_type).1, "version"));
        let accepted = accepted();
        let by_accept = || at_version(parameter(accepted?.1, "version"));
        let at_root = || by_path.map(|(mount, length)| Way::Path(mount, length));
        let media = suffix.or(accepted.map(|(media, _)| media)).unwrap_or(JSON);
        (by_content_type.or_else(by_accept).or_else(at_root), media)
    }

    fn enter(&self, exchange: &mut Exchange) -> Option<&App> {
        let (way, media) = self.find(exchange);
        let (mount, entered) = match way? {
            Way::Path(mount, length) => (mount, enter(exchange, length)),
            Way::Version(mount) => (mount, enter_version(exchange, mount.path())),
        };
        exchange.extensions_mut().insert(BestContentType(media));
        entered.then_some(mount.app())
    }
}

impl Handler for ByVersion {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        let app = self.enter(exchange).unwrap_or(&self.0.not_found);
        Box::pin(app.run(exchange))
    }
}

/// Puts the request under a mount point that its path does not name.
fn enter_version(exchange: &mut Exchange, mount: &str) -> bool {
    let path = format!("{mount}{}", exchange.path());
    set_path(exchange, &path) && enter(exchange, mount.len())
}

fn texts(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, get, named};

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
