mod nova;

use impasto::{App, BoxFuture, CompositeLoader, Exchange, Handler, Response, register};
use impasto_routing::{Expression, Mounts};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::options::OtherOptions;
use crate::text::not_found;

pub use nova::BestContentType;

/// Sends each request to the app that is mounted at its path, and perhaps at its host.
///
/// This is Paste's urlmap. Every option but `not_found_app` is a path and the name of the app that is
/// mounted there; below it, the app sees the rest of the path, and the mount point as its
/// `SCRIPT_NAME`. The longest path wins, at the end of a segment: `/v2` takes `/v2` and `/v2/servers`
/// but not `/v20`. `/` takes everything else.
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#urlmap
/// / = versions
/// /v2.1 = api
/// domain static.example.org /css = styles
///
/// [app:versions]
/// use = egg:impasto#respond
/// body = v2.1
///
/// [app:api]
/// use = egg:impasto#debug
///
/// [app:styles]
/// use = egg:impasto#respond
/// body = body { margin: 0 }
/// content_type = text/css
/// ```
///
/// A path that ends in `/+`, as in nova's files, is only for what lies below it: `/v2/+` takes
/// `/v2/servers`, while `/v2` and `/v2/` go to what is mounted at `/v2`.
///
/// `domain HOST /path` mounts at one host, `domain HOST port PORT /path` at one host and port; the
/// words may come in any order, and the path may be missing. The host is the one that the request
/// names, in any case; an IPv6 address may stand in brackets. A host with a port is tried before the
/// host alone, and that before mounts without a host.
///
/// Paths are compared percent-decoded, with case, and with each run of slashes as one; apps are given
/// the path with each run of slashes as one.
#[derive(Deserialize, JsonSchema)]
struct UrlMap {
    /// The name of the app for requests that no path takes. By default the answer is a 404.
    not_found_app: Option<String>,
    /// A path expression, and the name of the app that is mounted there.
    #[serde(flatten)]
    mounts: OtherOptions,
}

register!("urlmap" => urlmap, for
    "egg:Paste#urlmap",
    "paste.urlmap:urlmap_factory",
    "egg:rutter#urlmap",
    "rutter.urlmap:urlmap_factory",
    "cinder.api:root_app_factory",
    "delfin.api:root_app_factory",
    "freezer_api.service:root_app_factory",
    "glance.api:root_app_factory",
    "heat.api:root_app_factory",
    "magnum.api:root_app_factory",
    "manila.api:root_app_factory",
    "searchlight.api:root_app_factory",
);

fn urlmap(settings: UrlMap, loader: &CompositeLoader) -> anyhow::Result<App> {
    Ok(App::new(settings.build(|name| loader.app(name))?))
}

impl UrlMap {
    /// Loads the apps, in the order of the file.
    fn build(self, mut load: impl FnMut(&str) -> App) -> anyhow::Result<ByPath> {
        let not_found = self.not_found_app.map(|name| load(&name));
        let not_found = not_found.unwrap_or_else(|| App::from_fn(nothing_here));
        let mut mounts = Mounts::default();
        self.mounts.mount(load, |path, app| {
            mounts.insert(Expression::parse(path)?, app);
            Ok(())
        })?;
        Ok(ByPath { mounts, not_found })
    }
}

struct ByPath {
    mounts: Mounts<App>,
    not_found: App,
}

impl Handler for ByPath {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        let app = self.mounts.enter(exchange).unwrap_or(&self.not_found);
        Box::pin(app.run(exchange))
    }
}

async fn nothing_here(_: &mut Exchange) -> Response {
    not_found()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, answer_to, get, load, named};
    use http::StatusCode;
    use http::header::HOST;

    fn map(mounts: &[&'static str]) -> App {
        let mounts = mounts.iter().map(|path| (path.to_string(), path.to_string())).collect();
        let settings = UrlMap { not_found_app: None, mounts: OtherOptions(mounts) };
        App::new(settings.build(|name| named(String::from(name).leak())).unwrap())
    }

    async fn reached(app: &App, host: &str, path: &str) -> String {
        let mut request = get(path);
        request.headers_mut().insert(HOST, host.parse().unwrap());
        answer(app, request).await.1
    }

    #[tokio::test]
    async fn the_longest_path_takes_a_request() {
        let app = map(&["/", "/v2", "/v2/+", "/v2/a"]);
        for (path, reached) in [
            ("/", "/ |/"),
            ("/v20", "/ |/v20"),
            ("/v2", "/v2 /v2|"),
            ("/v2/", "/v2 /v2|/"),
            ("/v2/x", "/v2/+ /v2|/x"),
            ("/v2/ab", "/v2/+ /v2|/ab"),
            ("//v2//x//y", "/v2/+ /v2|/x/y"),
            ("/%762/x%2Fy", "/v2/+ /%762|/x%2Fy"),
            ("/v2%2Fx?q=//", "/v2/+ /v2|/x"),
        ] {
            assert_eq!(answer_to(&app, path).await.1, reached, "{path}");
        }
    }

    #[tokio::test]
    async fn a_host_is_what_the_request_names() {
        let app = map(&["/", "domain A.org", "domain a.org port 8080 /x", "domain [::1] port 80"]);
        for (host, path, name) in [
            ("A.ORG", "/x", "domain A.org /"),
            ("a.org:8080", "/x", "domain a.org port 8080 /x"),
            ("a.org:8080", "/", "domain A.org"),
            ("[::1]", "/", "domain [::1] port 80"),
            ("[::1]:80", "/", "domain [::1] port 80"),
            ("[::1]:81", "/", "/ |"),
            ("b.org", "/x", "/ |/x"),
        ] {
            let reached = reached(&app, host, path).await;
            assert!(reached.starts_with(name.trim_end_matches('/')), "{host}{path}: {reached}");
        }
        let (_, absolute) = answer_to(&app, "http://a.org:8080/x").await;
        assert_eq!(absolute, "domain a.org port 8080 /x /x|");
    }

    #[tokio::test]
    async fn maps_may_lie_in_maps() {
        let inner = map(&["/b"]);
        let settings = UrlMap {
            not_found_app: Some("none".to_owned()),
            mounts: OtherOptions(vec![("/a".to_owned(), "inner".to_owned())]),
        };
        let load = |name: &str| if name == "inner" { inner.clone() } else { named("none") };
        let app = App::new(settings.build(load).unwrap());
        assert_eq!(answer_to(&app, "/a//b//c").await.1, "/b /a/b|/c");
        assert_eq!(answer_to(&app, "/a/c").await.0, StatusCode::NOT_FOUND);
        assert_eq!(answer_to(&app, "/c").await.1, "none |/c");
    }

    #[test]
    fn all_that_is_wrong_with_a_map_is_said() {
        let problems = load(
            "[composite:main]\nuse = egg:Paste#urlmap\n/a = none\nb = app\n/c = nothing\n\
             [app:app]\nuse = egg:impasto#respond\n",
        );
        let problems = problems.unwrap_err().to_string();
        for (line, message) in [(3, "`none`"), (4, "begins with `/`"), (5, "`nothing`")] {
            let is_said =
                |said: &str| said.contains(&format!(":{line}:")) && said.contains(message);
            assert!(problems.split("error").any(is_said), "{line} {message}: {problems}");
        }
    }

    #[tokio::test]
    async fn a_request_for_no_path_is_not_found() {
        let (status, text) =
            answer(&map(&["/"]), crate::testing::with_body("OPTIONS", "*", "")).await;
        assert_eq!(
            (status, &*text),
            (StatusCode::NOT_FOUND, "There is nothing at this address.\n")
        );
    }
}
