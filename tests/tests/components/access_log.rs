use std::time::{Duration, Instant};

use impasto_tests::server::Server;

use crate::client::{BOTH, Client};
use crate::{serve, wrong};

/// The lines of a log, once there are as many.
fn lines(server: &Server, count: usize) -> Vec<String> {
    let start = Instant::now();
    loop {
        let text = std::fs::read_to_string(server.path("log")).unwrap_or_default();
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        if lines.len() >= count || start.elapsed() > Duration::from_secs(20) {
            return lines;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_has_a_line_in_the_format_that_is_wanted() {
    for (format, of_debug, of_nothing) in [
        (
            "{client} {user} \"{method} {target} {version}\" {status} {response_header:content-type} \
             {header:x-none}{trouble}",
            "127.0.0.1 ann \"GET /status/404?a=%20b HTTP/1.1\" 404 text/plain; charset=utf-8 -",
            "127.0.0.1 - \"GET / HTTP/1.1\" 401 text/plain; charset=utf-8 -",
        ),
        ("short", "GET /status/404?a=%20b 404 ", "GET / 401 27 "),
        (
            "nova",
            "127.0.0.1 \"GET /status/404?a=%20b\" status: 404 len: ",
            "127.0.0.1 \"GET /\" status: 401 len: 27 microversion: - time: 0.",
        ),
    ] {
        let format = format.replace('%', "%%");
        let server = serve(&format!(
            "[pipeline:main]\npipeline = log basic_auth debug\n\
             [filter:log]\nuse = egg:impasto#access_log\npath = %(here)s/log\nformat = {format}\n\
             [filter:basic_auth]\nuse = egg:impasto#basic_auth\n\
             user.ann = $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n\
             [app:debug]\nuse = egg:impasto#debug\n"
        ));
        let mut client = Client::connect(&server.url(), BOTH[0]).await;
        let mut request = crate::client::request(http::Method::GET, "/status/404?a=%20b", "");
        request.headers_mut().insert("authorization", "Basic YW5uOnNlY3JldA==".parse().unwrap());
        assert_eq!(client.send(request).await.unwrap().status(), 404);
        client.get("/").await;
        let lines = lines(&server, 2);
        assert!(lines[0].starts_with(of_debug), "{lines:?}");
        assert!(lines[1].starts_with(of_nothing), "{lines:?}");
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    for (settings, expected) in [
        ("format = jsn", "3:10: `format`: \"jsn\" is no format"),
        ("format = {stats}", "3:10: `format`: there is no `{stats}`"),
        ("format = {status", "3:10: `format`: there is a `{` that no other one belongs to"),
    ] {
        assert_eq!(wrong(&format!("use = egg:impasto#access_log\n{settings}")), [expected]);
    }
    assert_eq!(
        wrong("use = egg:Paste#translogger\nformat = %%(remote)s"),
        ["3:10: `format`: there is no `%(remote)s`"]
    );
}
