use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
#[ignore = "needs neovim"]
fn neovim_shows_problems_completes_and_renames() {
    let cases = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/cases/neovim"));
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("api-paste.ini");
    std::fs::copy(cases.join("api-paste.ini"), &file).expect("writable");
    let output = directory.path().join("output");
    let mut editor = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-S"])
        .arg(cases.join("session.lua"))
        .current_dir(directory.path())
        .env("PROGRAM", env!("CARGO_BIN_EXE_impasto-tests"))
        .env("OUTPUT", &output)
        .env("XDG_STATE_HOME", directory.path())
        .stdin(Stdio::null())
        .spawn()
        .expect("Debian's package `neovim` is needed");
    let start = Instant::now();
    while editor.try_wait().expect("a process").is_none() {
        if start.elapsed() > Duration::from_secs(300) {
            editor.kill().expect("a process");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let said = std::fs::read_to_string(&output).expect("the session was written down");
    let text = std::fs::read_to_string(&file).expect("the file is there");
    let said = format!("{said}\n{text}");
    let expected = cases.join("session.expected");
    if std::env::var_os("IMPASTO_REWRITE").is_some() {
        std::fs::write(&expected, &said).expect("writable");
    }
    assert_eq!(said, std::fs::read_to_string(expected).expect("a file"));
}
