use std::fs;

use impasto_tests::server::{ANY_PORT, shipped, shipped_path};

use crate::curl::curl;
use crate::h2load::{Count, h2load};
use crate::{serve, serve_shipped};

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn one_port_speaks_both_versions_of_http() {
    let server = serve_shipped();
    let url = format!("{}/v2.1/a", server.url());
    for (how, logged) in [
        (&["--http2-prior-knowledge"][..], "HTTP/2.0"),
        (&["--http1.1"], "HTTP/1.1"),
        (&["--http1.0"], "HTTP/1.0"),
        // Asks to be upgraded, and is answered as if it had not.
        (&["--http2"], "HTTP/1.1"),
    ] {
        let answer = curl(&[how, &[url.as_str()]].concat());
        assert_eq!((answer.exit, answer.status), (0, 200), "{how:?}");
        assert!(answer.text().contains("mount: /v2.1\npath: /a\n"), "{how:?}");
        server.logged(&[&format!("\"GET /v2.1/a {logged}\" 200")]);
    }
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn ten_thousand_requests_are_all_answered() {
    let server = serve_shipped();
    let url = format!("{}/v2.1/servers", server.url());
    let all = Count { succeeded: 10_000, failed: 0 };
    for path in ["/v2.1/servers", "/static/index.html", "/"] {
        let url = format!("{}{path}", server.url());
        assert_eq!(h2load(&["-n", "10000", "-c", "10", "-m", "10", &url]), all, "{path}");
    }
    assert_eq!(h2load(&["--h1", "-n", "10000", "-c", "10", &url]), all);
    assert_eq!(h2load(&["--h1", "-n", "10000", "-c", "10", "-m", "8", &url]), all, "pipelined");

    let ended = server.stop();
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.log("ERROR"), [""; 0]);
    let logged = ended.out.lines().filter(|line| line.contains("/v2.1/servers")).count();
    assert_eq!(logged, 30_000, "each of them is in the log");
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_unix_socket_is_there_while_it_is_served() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("api.sock");
    let path = socket.to_str().unwrap();
    let address = format!("unix:{path}");
    // The last section of the file is that of the server.
    let server = serve(&format!("{}listen = {address}\n", shipped()));
    assert_eq!(server.addresses(1), [("main".to_owned(), address)]);
    for protocol in ["--http1.1", "--http2-prior-knowledge"] {
        let to = ["--unix-socket", path, "http://localhost/v2.1/a"];
        let answer = curl(&[&[protocol], &to[..]].concat());
        assert!(answer.text().contains("mount: /v2.1\npath: /a\n"), "{protocol}");
    }
    assert!(socket.exists());
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(!socket.exists());
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn a_large_body_comes_back_as_it_went() {
    let server = serve(&format!(
        "[app:main]\nuse = config:{}#debug\nmax_body_size = 16MiB\n{ANY_PORT}",
        shipped_path()
    ));
    // No two of its blocks are the same.
    let sent: Vec<u8> = (0..2_u32 << 20).flat_map(u32::to_be_bytes).collect();
    assert_eq!(sent.len(), 8 << 20);
    let file = server.path("large");
    fs::write(&file, &sent).unwrap();
    let data = format!("@{}", file.display());
    for how in [
        &["--http1.1"][..],
        &["--http1.1", "-H", "Transfer-Encoding: chunked"],
        &["--http2-prior-knowledge"],
    ] {
        let url = server.url();
        let answer = curl(&[how, &["--data-binary", &data, &url]].concat());
        assert_eq!((answer.exit, answer.status), (0, 200), "{how:?}");
        assert!(answer.body.ends_with(&sent), "{how:?}");
    }
}

#[test]
#[ignore = "needs curl and h2load from Debian; .ci/run installs them"]
fn streams_arrive_whole() {
    let server = serve_shipped();
    for protocol in ["--http1.1", "--http2-prior-knowledge"] {
        let lines = curl(&[protocol, &format!("{}/v2.1/stream/5000", server.url())]);
        assert_eq!((lines.exit, lines.header("content-length")), (0, None), "{protocol}");
        assert_eq!(lines.text().lines().count(), 5000, "{protocol}");
        assert!(lines.text().ends_with("line 5000 of 5000\n"), "{protocol}");
        let bytes = curl(&[protocol, &format!("{}/v2.1/bytes/5000000", server.url())]);
        assert_eq!((bytes.exit, bytes.body.len()), (0, 5_000_000), "{protocol}");
    }
}
