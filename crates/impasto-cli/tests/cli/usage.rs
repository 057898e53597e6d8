use crate::support::Site;

#[test]
fn a_wrong_command_line_is_exit_2() {
    let site = Site::new("");
    for words in [
        &["bake"][..],
        &["check", "a.ini", "b"],
        &["check", "--format", "xml"],
        &["check", "--json", "--format", "human"],
        &["serve", "--port", "80"],
        &["serve", "--threads", "0"],
        &["serve", "--workers", "100000"],
        &["reload", "a.ini", "--pid-file", "b"],
        &["stop", "--timeout", "soon"],
        &[],
    ] {
        let ran = site.run(words);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{words:?}");
        assert!(
            ran.err.contains("--help") || ran.err.contains("Usage: impasto"),
            "{words:?}: {}",
            ran.err
        );
    }
}

#[test]
fn every_command_explains_itself() {
    let site = Site::new("");
    assert!(site.run(&["--help"]).out.contains("Exit codes:\n  0   all went well\n"));
    for command in [
        "new",
        "serve",
        "reload",
        "stop",
        "status",
        "check",
        "diff",
        "edit",
        "fmt",
        "resolve",
        "list",
        "lsp",
        "reference",
    ] {
        let ran = site.run(&[command, "--help"]);
        assert_eq!(ran.code, Some(0));
        assert!(ran.out.contains(&format!("\nExamples:\n  impasto {command}")), "{}", ran.out);
    }
    let version = site.run(&["--version"]).out;
    assert_eq!(version, format!("impasto {}\n", env!("CARGO_PKG_VERSION")));
}
