use std::fs;

use crate::curl::curl;
use crate::serve_shipped;

/// The files that the shipped file serves.
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/static");

fn page() -> Vec<u8> {
    fs::read(format!("{FILES}/index.html")).unwrap()
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_directory_is_reached_through_a_redirect_below_the_mount() {
    let server = serve_shipped();
    let url = server.url();

    let redirect = curl(&[&format!("{url}/static?a=b")]);
    assert_eq!(redirect.status, 301);
    assert_eq!(redirect.header("location").unwrap(), "/static/?a=b");

    let page = curl(&[&format!("{url}/static/")]);
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert_eq!(page.header("cache-control").unwrap(), "max-age=300");
    assert_eq!(page.body, self::page());

    let style = curl(&[&format!("{url}/static/style.css")]);
    assert!(style.header("content-type").unwrap().starts_with("text/css"));

    for outside in ["/static/nothing", "/static/../Cargo.toml", "/static/%2e%2e/%2e%2e/Cargo.toml"]
    {
        let answer = curl(&["--path-as-is", &format!("{url}{outside}")]);
        assert!(!answer.text().contains("[workspace]"), "{outside}");
        assert_eq!(answer.status, 404, "{outside}");
    }
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_range_of_a_file_can_be_asked_for() {
    let server = serve_shipped();
    let url = format!("{}/static/index.html", server.url());
    let (whole, size) = (page(), page().len());

    for (range, first, last) in [("0-14", 0, 14), ("10-", 10, size - 1), ("-5", size - 5, size - 1)]
    {
        let part = curl(&["--range", range, &url]);
        assert_eq!(part.status, 206, "{range}");
        let content_range = format!("bytes {first}-{last}/{size}");
        assert_eq!(part.header("content-range").unwrap(), content_range);
        assert_eq!(part.body, whole[first..=last], "{range}");
    }

    let beyond = curl(&["--range", "99999-", &url]);
    assert_eq!(beyond.status, 416);
    assert_eq!(beyond.header("content-range").unwrap(), format!("bytes */{size}"));

    // A download that goes on, if the file is still the same.
    let etag = beyond.header("etag").unwrap();
    for (known, status, first) in [(etag.as_str(), 206, 10), ("\"other\"", 200, 0)] {
        let rest = curl(&["--range", "10-", "--header", &format!("If-Range: {known}"), &url]);
        assert_eq!((rest.status, &rest.body[..]), (status, &whole[first..]), "{known}");
    }
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_file_that_the_client_has_is_not_sent_again() {
    let server = serve_shipped();
    let url = format!("{}/static/index.html", server.url());
    let modified = curl(&[&url]).header("last-modified").unwrap();

    let same = curl(&["--header", &format!("If-Modified-Since: {modified}"), &url]);
    assert_eq!((same.status, same.body.len()), (304, 0));

    let earlier = "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT";
    assert_eq!(curl(&["--header", earlier, &url]).status, 200);
    let changed = "If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT";
    assert_eq!(curl(&["--header", changed, &url]).status, 412);
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_head_has_the_headers_of_the_answer_and_no_body() {
    let server = serve_shipped();
    for protocol in ["--http1.1", "--http2-prior-knowledge"] {
        for path in ["/", "/static/", "/static/style.css", "/v2.1/bytes/100"] {
            let url = format!("{}{path}", server.url());
            let get = curl(&[protocol, &url]);
            let head = curl(&[protocol, "--head", &url]);
            assert_eq!((head.exit, head.status), (0, get.status), "{protocol} {path}");
            assert_eq!(head.body, b"", "{protocol} {path}");
            for name in ["content-type", "content-length", "last-modified"] {
                assert_eq!(head.header(name), get.header(name), "{protocol} {path} {name}");
            }
        }
    }
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn files_can_only_be_read() {
    let server = serve_shipped();
    let url = format!("{}/static/index.html", server.url());
    let refused = curl(&["--request", "DELETE", &url]);
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("allow").unwrap(), "GET, HEAD");
    assert_eq!(curl(&[&url]).body, page());
}
