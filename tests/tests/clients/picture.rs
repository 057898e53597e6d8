use std::fs;
use std::path::Path;
use std::process::Command;

use impasto_tests::server::shipped;

use crate::browser::{page, said};

/// Names that are wider than they are long, that a page could take for tags, and that nobody would choose.
const NAMES: &str = "[composite:main]\nuse = egg:impasto#urlmap\n/ = a\n/ünïcödé/路徑 = <b>&\"quoted\"\n\
    /WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW = b\n/gone = nobody\n\
    /路徑路徑路徑路徑路徑路徑 = 中\n\
    [pipeline:a]\npipeline = WWWWWWWWWWWWWWWWWWWWWWWW b\n\
    [pipeline:中]\npipeline = 过滤器过滤器过滤器过滤器过滤器 b\n\
    [filter:过滤器过滤器过滤器过滤器过滤器]\nuse = egg:impasto#request_id\n\
    [filter:WWWWWWWWWWWWWWWWWWWWWWWW]\nuse = egg:impasto#request_id\n\
    [app:b]\nuse = egg:impasto#debug\n[app:<b>&\"quoted\"]\nuse = egg:impasto#debug\n";

/// What a browser finds wrong with the picture of a file, and what it counts.
fn drawn(text: &str) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).expect("writable");
        path
    };
    let file = write("api-paste.ini", text);
    let graph = Command::new(env!("CARGO_BIN_EXE_impasto-tests"))
        .args(["graph", "--format", "svg"])
        .arg(file)
        .output()
        .expect("a program");
    let svg = String::from_utf8(graph.stdout).expect("text");
    let script = include_str!("../../cases/browser/picture.js");
    let page_file = write(
        "page.html",
        &format!("<!DOCTYPE html><meta charset=utf-8><body>{svg}<script>{script}</script></body>"),
    );
    said(&page(&format!("file://{}", page_file.display())))
}

#[test]
#[ignore = "needs chromium"]
fn a_browser_draws_pictures_with_every_text_in_its_place() {
    let nova = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/nova/api-paste.ini");
    let nova = fs::read_to_string(nova).expect("readable");
    let drawn = [&shipped(), &nova, NAMES].map(drawn);
    let wanted =
        ["5 cards, 11 rows, 16 texts", "8 cards, 42 rows, 50 texts", "6 cards, 8 rows, 14 texts"];
    assert_eq!(drawn, wanted);
}
