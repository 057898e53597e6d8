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

/// Ways to say "one up" and "slash", as servers have fallen for them.
const UP: [&str; 11] = [
    "..",
    "%2e%2e",
    ".%2e",
    "%2E.",
    "%252e%252e",
    "%c0%ae%c0%ae",
    "..%00",
    "..;",
    "..%20",
    "%uff0e%uff0e",
    "...",
];
const SLASH: [&str; 5] = ["/", "%2f", "%5c", "//", "%252f"];

#[tokio::test]
async fn nothing_outside_the_root_is_reached() {
    let site = Site::new();
    let mut paths: Vec<String> = Vec::new();
    for up in UP {
        for slash in SLASH {
            paths.push(format!("/static/{up}{slash}secret"));
            paths.push(format!("/static/sub{slash}{up}{slash}{up}{slash}secret"));
        }
    }
    paths.extend(
        ["a.txt%00", "%00/", "./../secret", "sub/./../../secret"].map(|it| format!("/static/{it}")),
    );
    paths.push(format!("/static/{}", "x".repeat(300)));
    paths.push(format!("/static/{}", site.directory.path().join("secret").display()));
    assert!(paths.len() > 60);
    for listing in ["false", "true"] {
        for path in &paths {
            for method in ["GET", "HEAD"] {
                let request = with_body(method, path, "");
                let (status, _, text) = site.ask(&[("listing", listing)], request).await;
                assert_eq!((status, &*text), (StatusCode::NOT_FOUND, NOTHING), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn links_are_answered_like_nothing_unless_they_are_followed() {
    let site = Site::new();
    let www = site.directory.path().join("www");
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, www.join(name)).unwrap();
    link("../secret", "up");
    link("a.txt", "beside");
    link(site.directory.path().join("secret").to_str().unwrap(), "absolute");
    link("..", "out");
    link("sub", "inside");
    link("up", "chain");
    link("loop", "loop");
    link("/proc/self/root", "root");
    link("../../secret", "sub/up");
    link("../a.txt", "sub/index.html");
    for (path, body) in [
        ("up", "secret"),
        ("up/", NOTHING),
        ("beside", "0123456789"),
        ("absolute", "secret"),
        ("out/secret", "secret"),
        ("out/www/a.txt", "0123456789"),
        ("out/www/up", "secret"),
        ("inside/home.html", "home"),
        ("inside/up", "secret"),
        ("chain", "secret"),
        ("loop", NOTHING),
        ("root/proc/self/comm", ""),
        ("sub/up", "secret"),
        ("sub/", "0123456789"),
    ] {
        let path = format!("/static/{path}");
        for method in ["GET", "HEAD"] {
            let (status, _, text) = site.ask(&[], with_body(method, &path, "")).await;
            assert_eq!((status, &*text), (StatusCode::NOT_FOUND, NOTHING), "{method} {path}");
        }
        let (_, _, text) = site.ask(&[("follow_symlinks", "true")], get(&path)).await;
        assert!(text == body || body.is_empty() && text != NOTHING, "{path}: {text}");
    }
    for directory in ["out", "out/", "inside", "inside/", "root/", "root/etc/"] {
        let path = format!("/static/{directory}");
        let (status, ..) = site.ask(&[("listing", "true")], get(&path)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_root_itself_may_be_a_link() {
    let site = Site::new();
    std::os::unix::fs::symlink("www", site.directory.path().join("current")).unwrap();
    let here = ("here", site.directory.path().to_str().unwrap());
    let app = static_files(settings(&[("root", "current"), here])).unwrap();
    assert_eq!(answer(&app, get("/a.txt")).await.1, "0123456789");
}

#[tokio::test]
async fn a_directory_shows_what_is_in_it_where_that_is_wanted() {
    let site = Site::new();
    let www = site.directory.path().join("www");
    std::fs::create_dir(www.join("sub/deeper")).unwrap();
    std::fs::write(www.join("sub/<i>"), "x").unwrap();
    std::fs::write(www.join("sub/.hidden"), "x").unwrap();
    std::os::unix::fs::symlink("../../secret", www.join("sub/link")).unwrap();
    let listing = [("listing", "true")];
    let (status, headers, page) = site.ask(&listing, get("/static/sub/")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    let names: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("<li><a href=")).collect();
    assert_eq!(
        names,
        [
            "\"./deeper/\">deeper/</a>",
            "\"./%3Ci%3E\">&lt;i&gt;</a>",
            "\"./home.html\">home.html</a>"
        ]
    );
    assert_eq!(site.ask(&listing, get("/static/")).await.2, "index");
    assert_eq!(site.ask(&listing, get("/static/none/")).await.2, NOTHING);
    assert_eq!(site.ask(&[], get("/static/sub/")).await.2, NOTHING);
}

#[tokio::test]
async fn what_was_compressed_beforehand_goes_to_those_who_take_it() {
    let site = Site::new();
    let www = site.directory.path().join("www");
    std::fs::write(www.join("a.txt.gz"), "gzipped").unwrap();
    std::fs::write(www.join("a.txt.br"), "brotli").unwrap();
    std::os::unix::fs::symlink("../secret", www.join("a.txt.zst")).unwrap();
    let precompressed = [("precompressed", "gzip br zstd")];
    for (accept, body, coding) in [
        ("gzip", "gzipped", Some("gzip")),
        ("gzip, br", "brotli", Some("br")),
        ("zstd", "0123456789", None),
        ("identity", "0123456789", None),
        ("deflate", "0123456789", None),
    ] {
        let mut request = get("/static/a.txt");
        request.headers_mut().insert("accept-encoding", accept.parse().unwrap());
        let app = static_files(site.options(&precompressed)).unwrap();
        *request.uri_mut() = "/a.txt".parse().unwrap();
        let (head, text) = send(&app, request).await.into_parts();
        let text = http_body_util::BodyExt::collect(text).await.unwrap().to_bytes();
        assert_eq!(std::str::from_utf8(&text), Ok(body), "{accept}");
        let found = head.headers.get("content-encoding").map(|it| it.to_str().unwrap());
        assert_eq!(found, coding, "{accept}");
        assert_eq!(head.headers["vary"], "accept-encoding");
        assert_eq!(head.headers["content-type"], "text/plain");
    }
    let mut request = get("/a.txt");
    request.headers_mut().insert("accept-encoding", "gzip".parse().unwrap());
    let plain = static_files(site.options(&[])).unwrap();
    assert_eq!(answer(&plain, request).await.1, "0123456789");
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
