use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::serve;

/// The site whose page asks the API.
const SITE: &str = concat!(
    "[app:main]\nuse = egg:impasto#static\nroot = ",
    env!("CARGO_MANIFEST_DIR"),
    "/cases/browser\n[server:main]\nuse = egg:impasto#http\nport = 0\n"
);

/// The API, with a filter for each kind of acquaintance.
fn api(site: &str) -> String {
    let allowed = "allow_methods = GET POST PUT DELETE\nallow_headers = X-Auth-Token Content-Type\n\
                   expose_headers = X-Request-Id\n";
    format!(
        "[composite:main]\nuse = egg:impasto#urlmap\n\
         /friend = friend\n/anybody = anybody\n/stranger = stranger\n/oslo = oslo\n/none = debug\n\
         [pipeline:friend]\npipeline = cors_friend request_id debug\n\
         [pipeline:anybody]\npipeline = cors_anybody request_id debug\n\
         [pipeline:stranger]\npipeline = cors_stranger request_id debug\n\
         [pipeline:oslo]\npipeline = cors_oslo request_id debug\n\
         [filter:cors_friend]\nuse = egg:impasto#cors\nallow_origins = {site}\n\
         allow_credentials = true\n{allowed}\
         [filter:cors_anybody]\nuse = egg:impasto#cors\nallow_origins = *\n{allowed}\
         [filter:cors_stranger]\nuse = egg:impasto#cors\nallow_origins = https://a.example\n{allowed}\
         [filter:cors_oslo]\npaste.filter_factory = oslo_middleware.cors:filter_factory\n\
         allowed_origin = {site}\nallow_headers = X-Auth-Token\n\
         [filter:request_id]\nuse = egg:impasto#request_id\n\
         [app:debug]\nuse = egg:impasto#debug\n\
         [server:main]\nuse = egg:impasto#http\nport = 0\n"
    )
}

/// What stands in a page when it is there. The browser is given a minute.
pub(crate) fn page(url: &str) -> String {
    let profile = tempfile::tempdir().expect("a directory");
    let mut browser = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--dump-dom", url])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Debian's package `chromium` is needed");
    let start = Instant::now();
    while browser.try_wait().expect("a process").is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            browser.kill().expect("a process");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = browser.wait_with_output().expect("it has ended");
    String::from_utf8(output.stdout).expect("text")
}

/// What the script of a page has written into it.
pub(crate) fn said(page: &str) -> String {
    let said = page.split_once("<pre id=\"said\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    said.unwrap_or_else(|| panic!("the page says nothing:\n{page}")).0.to_owned()
}

#[test]
#[ignore = "needs chromium"]
fn a_browser_lets_pages_do_what_the_filter_allows() {
    let site = serve(SITE);
    let api = serve(&api(&site.url()));
    let page = page(&format!("{}/cors.html?api={}", site.url(), api.url()));
    let said = said(&page);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/browser/cors.expected");
    if std::env::var_os("IMPASTO_REWRITE").is_some() {
        std::fs::write(path, &said).expect("writable");
    }
    assert_eq!(said, std::fs::read_to_string(path).expect("a file"));
}
