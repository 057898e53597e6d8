use http::Method;

use crate::client::{BOTH, Client, request};
use crate::serve;

#[tokio::test(flavor = "multi_thread")]
async fn files_are_served_and_links_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    std::fs::create_dir(root.join("sub")).unwrap();
    std::fs::write(root.join("a.txt"), "0123456789").unwrap();
    std::fs::write(root.join("a.txt.gz"), "gzipped").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", root.join("passwd")).unwrap();
    std::os::unix::fs::symlink("/etc", root.join("sub/etc")).unwrap();
    let server = serve(&format!(
        "[app:main]\nuse = egg:impasto#static\nroot = {}\nlisting = true\nprecompressed = gzip\n",
        root.display()
    ));
    for version in BOTH {
        let mut client = Client::connect(&server.url(), version).await;
        assert_eq!(client.text("/a.txt").await, "0123456789");
        let mut compressed = request(Method::GET, "/a.txt", "");
        compressed.headers_mut().insert("accept-encoding", "gzip, br".parse().unwrap());
        let answer = client.send(compressed).await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        assert_eq!(&**answer.body(), b"gzipped");
        let page = client.text("/").await;
        assert!(page.contains(">sub/</a>") && !page.contains("passwd"), "{page}");
        assert!(!client.text("/sub/").await.contains("etc"));
        for path in ["/passwd", "/sub/etc/passwd", "/sub/etc/", "/%2e%2e/etc/passwd", "/..%2f"] {
            assert_eq!(client.get(path).await.status(), 404, "{path}");
        }
    }
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("api-paste.ini");
    let file = "[app:main]\nuse = egg:impasto#static\nroot = .\nprecompressed = gzip, lzw\n";
    std::fs::write(&path, file).unwrap();
    let problems = impasto::Loader::open(&path).unwrap().app("main").err().unwrap();
    assert_eq!(problems.iter().count(), 1);
    let problem = problems.iter().next().unwrap();
    let expected =
        "an item of `precompressed` must be one of `br`, `deflate`, `gzip`, `zstd`, not `lzw`";
    assert_eq!(problem.message, expected);
    assert!(problem.place.as_ref().unwrap().to_string().ends_with(":4:23"), "{:?}", problem.place);
}
