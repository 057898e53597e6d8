use std::path::PathBuf;

use http::header::{ALLOW, CACHE_CONTROL, LOCATION};
use http::{HeaderValue, Method, Request as HttpRequest, StatusCode, Uri};
use impasto::settings::Duration;
use impasto::{App, Body, BoxFuture, Exchange, Handler, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;
use tower::Service;
use tower_http::services::ServeDir;

use crate::text::{not_found, text};

/// Serves the files of a directory.
///
/// Only what lies below `root`, with its type by the file's name. Ranges and conditional requests are
/// answered as RFC 9110 has them; `GET` and `HEAD` only. A directory is answered with its `index`
/// file, after a redirect to its path with `/` at the end; there are no listings. As Paste's static
/// app does, it follows symbolic links and serves files whose names begin with a dot: a directory
/// with secrets in it is no `root`.
///
/// ```ini
/// [composite:main]
/// use = egg:impasto#urlmap
/// /static = static
///
/// [app:static]
/// use = egg:impasto#static
/// root = .
/// cache_max_age = 1h
/// ```
#[derive(Deserialize, JsonSchema)]
struct Static {
    /// The directory. A path that does not begin with `/` lies in the directory of the file that is
    /// loaded.
    #[serde(alias = "document_root")]
    root: PathBuf,
    /// How long a client may use its copy without asking: `max-age` of RFC 9111. By default nothing
    /// is said, and a client asks when it thinks fit.
    cache_max_age: Option<Duration>,
    /// The file that a directory is answered with; empty for none. `index.html` by default.
    #[serde(default = "index_html")]
    index: String,
    /// The directory of the file that is loaded: every file's globals have it.
    here: Option<PathBuf>,
}

fn index_html() -> String {
    "index.html".to_owned()
}

register!("static" => static_files, for "egg:Paste#static", "paste.urlparser:make_static");

fn static_files(settings: Static) -> anyhow::Result<App> {
    let Static { root, cache_max_age, index, here } = settings;
    let root = here.unwrap_or_default().join(root);
    let wrong = |why: String| SettingError::new("root", format!("{} {why}", root.display()));
    match std::fs::metadata(&root) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(wrong("is not a directory".to_owned()).into()),
        Err(error) => return Err(wrong(format!("cannot be read: {error}")).into()),
    }
    if index.contains(['/', '%', '?', '#']) || index.contains(char::is_whitespace) {
        return Err(SettingError::new("index", "must be the name of a file").into());
    }
    let cache_control = cache_max_age.map(|age| format!("max-age={}", age.get().as_secs()));
    Ok(App::new(Files {
        directory: ServeDir::new(root),
        cache_control: cache_control.map(HeaderValue::try_from).transpose()?,
        index,
    }))
}

struct Files {
    directory: ServeDir,
    cache_control: Option<HeaderValue>,
    index: String,
}

impl Handler for Files {
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(self.answer(exchange))
    }
}

impl Files {
    async fn answer(&self, exchange: &mut Exchange) -> Response {
        if !matches!(*exchange.method(), Method::GET | Method::HEAD) {
            let mut refusal = text(StatusCode::METHOD_NOT_ALLOWED, "Files can only be read.\n");
            refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refusal;
        }
        let path = exchange.path();
        // ServeDir knows no index but `index.html`.
        let target = match path {
            "" => return moved(exchange, "/"),
            _ if !path.ends_with('/') => path.to_owned(),
            _ if self.index.is_empty() => return not_found(),
            _ => format!("{path}{}", self.index),
        };
        let Ok(uri) = Uri::try_from(target) else { return not_found() };
        let mut request = HttpRequest::new(Body::empty());
        *request.method_mut() = exchange.method().clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = exchange.headers().clone();
        let answer = self.directory.clone().call(request).await;
        let mut response = answer.unwrap_or_else(|never| match never {}).map(Body::new);
        if response.status() == StatusCode::NOT_FOUND {
            return not_found();
        }
        // ServeDir does not know the mount point.
        if response.headers().contains_key(LOCATION) {
            return moved(exchange, &format!("{}/", exchange.path()));
        }
        if let Some(cache_control) = &self.cache_control
            && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED)
        {
            response.headers_mut().insert(CACHE_CONTROL, cache_control.clone());
        }
        response
    }
}

/// Sends the client to `path` under the mount point, with the query it came with.
fn moved(exchange: &Exchange, path: &str) -> Response {
    let mount = exchange.mount();
    let (mark, query) = exchange.query().map_or(("", ""), |query| ("?", query));
    // A second slash at the front would make the next segment a host.
    let path = format!("{mount}{path}");
    let path = path.trim_start_matches('/');
    match HeaderValue::try_from(format!("/{path}{mark}{query}")) {
        Ok(location) => {
            let mut response = text(StatusCode::MOVED_PERMANENTLY, "");
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => not_found(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, get, send, settings, with_body};
    use http::HeaderMap;
    use http::header::{ETAG, RANGE};

    const NOTHING: &str = "There is nothing at this address.\n";

    /// A directory with a few files beside one that must not be reached, served below `/static`.
    struct Site {
        directory: tempfile::TempDir,
    }

    impl Site {
        fn new() -> Site {
            let directory = tempfile::tempdir().unwrap();
            let write =
                |path: &str, text: &str| std::fs::write(directory.path().join(path), text).unwrap();
            write("secret", "secret");
            std::fs::create_dir_all(directory.path().join("www/sub")).unwrap();
            write("www/index.html", "index");
            write("www/a.txt", "0123456789");
            write("www/.dot", "dot");
            write("www/sub/home.html", "home");
            Site { directory }
        }

        fn options<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Static {
            let here = ("here", self.directory.path().to_str().unwrap());
            settings(&[&[("document_root", "www"), here], more].concat())
        }

        async fn ask(
            &self,
            more: &[(&str, &str)],
            request: impasto::Request,
        ) -> (StatusCode, HeaderMap, String) {
            let app = static_files(self.options(more)).unwrap();
            let mount = impasto::Filter::on_request(|exchange| {
                exchange.mount_at("/static".len());
                std::ops::ControlFlow::Continue(())
            });
            let app = app.filtered(&[mount]);
            let copy = with_body(request.method().as_str(), &request.uri().to_string(), "");
            let headers = send(&app, copy).await.headers().clone();
            let (status, body) = answer(&app, request).await;
            (status, headers, body)
        }
    }

    #[tokio::test]
    async fn files_are_served_by_their_path() {
        let site = Site::new();
        for (path, status, body) in [
            ("/static/a.txt", 200, "0123456789"),
            ("/static/%61.txt", 200, "0123456789"),
            ("/static/.dot", 200, "dot"),
            ("/static/", 200, "index"),
            ("/static/sub/", 404, NOTHING),
            ("/static/none", 404, NOTHING),
            ("/static/a.txt/", 404, NOTHING),
            ("/static/a.txt/b", 404, NOTHING),
        ] {
            let (found, _, text) = site.ask(&[], get(path)).await;
            assert_eq!((found.as_u16(), &*text), (status, body), "{path}");
        }
        let home = [("index", "home.html")];
        assert_eq!(site.ask(&home, get("/static/sub/")).await.2, "home");
        assert_eq!(site.ask(&[("index", "")], get("/static/")).await.0, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn nothing_outside_the_root_is_reached() {
        let site = Site::new();
        for path in [
            "/static/../secret",
            "/static/%2e%2e/secret",
            "/static/..%2fsecret",
            "/static/..%5csecret",
            "/static/%252e%252e/secret",
            "/static/sub/../../secret",
            "/static//../secret",
            "/static/a.txt%00",
            "/static/%00/",
            "/static/%c0%ae%c0%ae/secret",
            "/static/.../secret",
        ] {
            let (status, _, text) = site.ask(&[], get(path)).await;
            assert_eq!((status, &*text), (StatusCode::NOT_FOUND, NOTHING), "{path}");
        }
        let absolute = format!("/static/{}", site.directory.path().join("secret").display());
        assert_eq!(site.ask(&[], get(&absolute)).await.0, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_directory_is_redirected_under_its_mount() {
        let site = Site::new();
        for (path, location) in [
            ("/static", "/static/"),
            ("/static?q", "/static/?q"),
            ("/static/sub?q=1", "/static/sub/?q=1"),
            ("/static//sub", "/static//sub/"),
        ] {
            let (status, headers, _) = site.ask(&[], get(path)).await;
            assert_eq!(
                (status, headers[LOCATION].to_str().unwrap()),
                (StatusCode::MOVED_PERMANENTLY, location)
            );
        }
        let root = static_files(site.options(&[])).unwrap();
        assert_eq!(send(&root, get("//sub")).await.headers()[LOCATION], "/sub/");
    }

    #[tokio::test]
    async fn ranges_and_conditions_are_honoured() {
        let site = Site::new();
        let with = |name: http::HeaderName, value: &str| {
            let mut request = get("/static/a.txt");
            request.headers_mut().insert(name, value.parse().unwrap());
            request
        };
        for (range, status, body) in
            [("bytes=0-0", 206, "0"), ("bytes=-2", 206, "89"), ("bytes=10-", 416, "")]
        {
            let (found, _, text) = site.ask(&[], with(RANGE, range)).await;
            assert_eq!((found.as_u16(), &*text), (status, body), "{range}");
        }
        let (_, headers, _) = site.ask(&[("cache_max_age", "1h")], get("/static/a.txt")).await;
        assert_eq!(
            (headers[CACHE_CONTROL].to_str().unwrap(), headers["content-type"].to_str().unwrap()),
            ("max-age=3600", "text/plain")
        );
        let again = with(http::header::IF_NONE_MATCH, headers[ETAG].to_str().unwrap());
        assert_eq!(site.ask(&[], again).await.0, StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn files_are_only_read() {
        for path in ["/static/a.txt", "/static/", "/static"] {
            let (status, headers, _) = Site::new().ask(&[], with_body("POST", path, "x")).await;
            assert_eq!(
                (status, headers[ALLOW].to_str().unwrap()),
                (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"),
                "{path}"
            );
        }
        let (status, headers, body) =
            Site::new().ask(&[], with_body("HEAD", "/static/a.txt", "")).await;
        assert_eq!(
            (status, headers["content-length"].to_str().unwrap(), &*body),
            (StatusCode::OK, "10", "")
        );
    }

    #[test]
    fn a_root_that_is_none_is_refused() {
        let site = Site::new();
        for (options, message) in
            [([("root", "none")], "cannot be read"), ([("root", "secret")], "is not a directory")]
        {
            let here = ("here", site.directory.path().to_str().unwrap());
            let error = static_files(settings(&[options[0], here])).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
        let error = static_files(site.options(&[("index", "../secret")])).unwrap_err().to_string();
        assert!(error.contains("name of a file"), "{error}");
    }
}
