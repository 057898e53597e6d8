mod beneath;
mod listing;
mod range;

use std::path::PathBuf;

use http::header::{ALLOW, CACHE_CONTROL, LOCATION, RANGE};
use http::{HeaderMap, HeaderValue, Method, Request as HttpRequest, StatusCode, Uri};
use impasto::settings::Duration;
use impasto::{App, Body, BoxFuture, Exchange, Handler, Response, SettingError, register};
use schemars::JsonSchema;
use serde::Deserialize;
use tower::Service;
use tower_http::services::ServeDir;
use tower_http::services::fs::DefaultServeDirFallback;

use beneath::Beneath;

use crate::text::{not_found, text};

/// Serves the files of a directory.
///
/// Only what lies below `root`, with its type by the file's name. Ranges and conditional requests are
/// answered as RFC 9110 has them (several ranges at once with the whole file); `GET` and `HEAD` only. A
/// directory is answered with its `index` file, after a redirect to its path with `/` at the end. Where there is
/// none, it is a 404, or a page with what is in it (`listing`).
///
/// Symbolic links below `root` are answered like nothing, unlike those of Paste's static app; `follow_symlinks`
/// follows them, also out of `root`. Files whose names begin with a dot are served: a directory with secrets in it
/// is no `root`.
///
/// A file that was compressed beforehand, as `style.css.gz` beside `style.css`, goes to clients that take it, if its
/// coding is in `precompressed`.
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
    /// Whether a directory without an index shows what is in it. Hidden files are not shown. `false` by default.
    #[serde(default)]
    listing: bool,
    /// Whether symbolic links are followed, wherever they lead. `false` by default.
    #[serde(default)]
    follow_symlinks: bool,
    /// The codings of files that were compressed beforehand: `br` (`.br`), `deflate` (`.zz`), `gzip` (`.gz`), `zstd`
    /// (`.zst`). By default none is looked for.
    #[serde(default)]
    precompressed: Vec<Coding>,
    /// The directory of the file that is loaded: every file's globals have it.
    here: Option<PathBuf>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Coding {
    Br,
    Deflate,
    Gzip,
    Zstd,
}

fn index_html() -> String {
    "index.html".to_owned()
}

register!("static" => static_files, for "egg:Paste#static", "paste.urlparser:make_static");

fn static_files(settings: Static) -> anyhow::Result<App> {
    let root = settings.here.unwrap_or_default().join(settings.root);
    let index = settings.index;
    let wrong = |why: String| SettingError::new("root", format!("{} {why}", root.display()));
    match std::fs::metadata(&root) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(wrong("is not a directory".to_owned()).into()),
        Err(error) => return Err(wrong(format!("cannot be read: {error}")).into()),
    }
    if index.contains(['/', '%', '?', '#']) || index.contains(char::is_whitespace) {
        return Err(SettingError::new("index", "must be the name of a file").into());
    }
    let cache_control =
        settings.cache_max_age.map(|age| format!("max-age={}", age.get().as_secs()));
    let beneath = Beneath::new(&root, settings.follow_symlinks);
    let mut directory =
        ServeDir::with_backend(root, beneath.clone()).ignore_multi_range_requests(true);
    for coding in settings.precompressed {
        directory = match coding {
            Coding::Br => directory.precompressed_br(),
            Coding::Deflate => directory.precompressed_deflate(),
            Coding::Gzip => directory.precompressed_gzip(),
            Coding::Zstd => directory.precompressed_zstd(),
        };
    }
    Ok(App::new(Files {
        directory,
        listed: settings.listing.then_some(beneath),
        cache_control: cache_control.map(HeaderValue::try_from).transpose()?,
        index,
    }))
}

struct Files {
    directory: ServeDir<DefaultServeDirFallback, Beneath>,
    /// Where the page of a directory is made from, if there are such pages.
    listed: Option<Beneath>,
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
            _ if self.index.is_empty() => return self.listing(exchange).await,
            _ => format!("{path}{}", self.index),
        };
        let Ok(uri) = Uri::try_from(target) else { return not_found() };
        let mut headers = exchange.headers().clone();
        let condition = range::condition(exchange.method(), &mut headers);
        let mut response = self.read(exchange.method(), &uri, headers).await;
        // What the client has a part of is known only now.
        if let Some(known) = condition
            && !range::is_current(&known, response.headers())
        {
            let mut headers = exchange.headers().clone();
            headers.remove(RANGE);
            response = self.read(exchange.method(), &uri, headers).await;
        }
        if response.status() == StatusCode::NOT_FOUND {
            return self.listing(exchange).await;
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

    /// The answer where there is no file: the page of a directory, if this is one and is to be shown.
    async fn listing(&self, exchange: &Exchange) -> Response {
        let path = exchange.path();
        let listed = self.listed.as_ref().filter(|_| path.ends_with('/'));
        match listed {
            Some(beneath) => listing::page(beneath, path).await.unwrap_or_else(not_found),
            None => not_found(),
        }
    }

    async fn read(&self, method: &Method, uri: &Uri, headers: HeaderMap) -> Response {
        let mut request = HttpRequest::new(Body::empty());
        *request.method_mut() = method.clone();
        *request.uri_mut() = uri.clone();
        *request.headers_mut() = headers;
        let answer = self.directory.clone().call(request).await;
        answer.unwrap_or_else(|never| match never {}).map(Body::new)
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
mod tests;
