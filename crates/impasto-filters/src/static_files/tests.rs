use super::*;
use crate::testing::{answer, get, send, settings, with_body};
use http::HeaderMap;
use http::header::{ETAG, IF_RANGE, LAST_MODIFIED, RANGE};

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

#[tokio::test]
async fn what_is_no_file_is_not_opened() {
    let site = Site::new();
    let socket = site.directory.path().join("www/socket");
    let _listener = std::os::unix::net::UnixListener::bind(socket).unwrap();
    for method in ["GET", "HEAD"] {
        let request = with_body(method, "/static/socket", "");
        assert_eq!(site.ask(&[], request).await.0, StatusCode::NOT_FOUND);
    }
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

#[tokio::test]
async fn a_part_of_another_file_is_not_sent() {
    let site = Site::new();
    let (_, headers, _) = site.ask(&[], get("/static/a.txt")).await;
    let (etag, modified) =
        (headers[ETAG].to_str().unwrap(), headers[LAST_MODIFIED].to_str().unwrap());
    for (if_range, range, status, body) in [
        (etag, "bytes=2-4", 206, "234"),
        (modified, "bytes=2-4", 206, "234"),
        (etag, "bytes=20-", 416, ""),
        ("\"other\"", "bytes=2-4", 200, "0123456789"),
        ("\"other\"", "bytes=20-", 200, "0123456789"),
        ("Sat, 01 Jan 2000 00:00:00 GMT", "bytes=2-4", 200, "0123456789"),
        (etag, "bytes=0-1,4-5", 200, "0123456789"),
        (etag, "lines=1-2", 200, "0123456789"),
    ] {
        let mut request = get("/static/a.txt");
        request.headers_mut().insert(IF_RANGE, if_range.parse().unwrap());
        request.headers_mut().insert(RANGE, range.parse().unwrap());
        let (found, _, text) = site.ask(&[], request).await;
        assert_eq!((found.as_u16(), &*text), (status, body), "{if_range} {range}");
    }
}
