use std::path::Path;

use crate::ask::{Answer, Asked, Question};
use crate::compare::compare;

fn questions(root: &Path) -> Vec<Question> {
    let mut requests = Vec::new();
    for target in [
        "/",
        "/a.txt",
        "/a.txt?x=1",
        "/page.html",
        "/none",
        "/sub",
        "/sub/",
        "/sub?x",
        "/sub/index.html",
        "/sub/b.json",
        "/empty/",
        "/empty",
        "/%61.txt",
        "/a.txt/b",
        "/../secret",
        "/%2e%2e/secret",
        "/sub/../a.txt",
        "/..%2fsecret",
        "/unknown.xyzzy",
        "/a%20b.txt",
        "/no%00thing",
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
            requests.push(Asked::new(method, target));
        }
        for (name, value) in [
            ("range", "bytes=0-3"),
            ("range", "bytes=4-"),
            ("range", "bytes=9-9"),
            ("range", "bytes=50-60"),
            ("range", "lines=1-2"),
            ("if-modified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
            ("if-modified-since", "Fri, 01 Jan 2038 00:00:00 GMT"),
            ("if-none-match", "\"other\""),
        ] {
            requests.push(Asked::new("GET", target).header(name, value));
        }
    }
    let question = |more: &&str| Question {
        file: format!(
            "[app:main]\nuse = egg:Paste#static\ndocument_root = {}\n{more}\n",
            root.display()
        ),
        htpasswd: None,
        requests: requests.clone(),
    };
    ["", "cache_max_age = 3600"].iter().map(question).collect()
}

fn reason(_: &Question, asked: &Asked, original: &Answer, own: &Answer) -> Option<&'static str> {
    if own.status == 405 && original.status != 405 {
        return Some("ours says of every path that files are only read");
    }
    if asked.target.starts_with("/sub/../") && own.status == 404 && original.status != 404 {
        return Some("ours answers no path that goes up");
    }
    if original.status == 400 {
        return Some("a date in the future is no fault of the request (RFC 9110, 13.1.3)");
    }
    let range = asked.value("range").unwrap_or_default();
    if range.starts_with("lines") && original.status == 206 {
        return Some("the original answers an unknown unit with 206 (RFC 9110, 14.2)");
    }
    None
}

#[tokio::test]
async fn the_same_files_are_served() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("www");
    std::fs::create_dir_all(root.join("sub")).unwrap();
    std::fs::create_dir(root.join("empty")).unwrap();
    std::fs::write(directory.path().join("secret"), "secret").unwrap();
    for (name, text) in [
        ("index.html", "index"),
        ("a.txt", "0123456789"),
        ("a b.txt", "a space"),
        ("page.html", "<p>page"),
        ("sub/index.html", "the index below"),
        ("sub/b.json", "{\"a\": 1}"),
        ("unknown.xyzzy", "of no type"),
    ] {
        std::fs::write(root.join(name), text).unwrap();
    }
    let view = |asked: &Asked, answer: &Answer| {
        let is_file = matches!(answer.status, 200 | 206);
        let header = |name: &str| answer.header(name).filter(|_| is_file);
        let body = answer.body.clone();
        let content_type =
            header("content-type").map(|it| it.split(';').next().unwrap_or_default().to_owned());
        let location = answer.header("location").map(|it| it.replace("http://127.0.0.1", ""));
        let range = header("content-range").filter(|_| answer.status == 206);
        let is_read = asked.method != "HEAD";
        (
            answer.status,
            content_type,
            location,
            range,
            (is_file && is_read).then_some(body),
            header("cache-control").map(|it| it.replace("public, ", "")),
        )
    };
    compare(400, &questions(&root), view, reason).await;
}
