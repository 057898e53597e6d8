use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::Site;

/// A package with its dependencies is built for that; once, since what is built stays in the workspace's
/// `target`.
#[test]
fn a_new_package_is_built_and_its_tests_pass() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    let site = Site::new("");
    let words = ["new", "--crate", "notes-api", "--checkout", top.to_str().expect("UTF-8")];
    let ran = site.run(&words);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let package = site.path("notes-api");
    // With the versions that are here already.
    fs::copy(top.join("Cargo.lock"), package.join("Cargo.lock")).expect("writable");

    let cargo = |words: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&package).env("CARGO_TARGET_DIR", &target);
        // As the workspace has them, so that what it has built can be used.
        cargo.args(["--config", "profile.dev.debug='line-tables-only'"]);
        cargo.args(["--config", "profile.dev.package.'*'.debug=false"]).args(words);
        let output = cargo.output().expect("cargo runs");
        let text = [output.stdout, output.stderr].map(|it| String::from_utf8(it).expect("UTF-8"));
        assert!(output.status.success(), "{words:?}:\n{}", text.join("\n"));
        text.concat()
    };
    let tested = cargo(&["test"]);
    for test in [
        "it_keeps_the_rules_that_other_filters_rely_on",
        "a_version_that_no_header_can_have_is_an_error",
        "file_does_what_it_says",
    ] {
        assert!(tested.contains(&format!("{test} ... ok")), "{tested}");
    }
    assert!(!tested.contains("warning:"), "{tested}");
    let checked = cargo(&["run", "--", "check", "--deny", "warnings"]);
    assert!(checked.contains("no problems in api-paste.ini"), "{checked}");
    cargo(&["run", "--", "fmt", "--check", "api-paste.ini"]);
    let sources = ["src/lib.rs", "src/main.rs", "tests/file.rs"];
    let rustfmt = Command::new("rustfmt")
        .args(["--check", "--edition", "2024"])
        .args(sources)
        .current_dir(&package)
        .output()
        .expect("rustfmt");
    let found = String::from_utf8_lossy(&rustfmt.stdout);
    assert!(rustfmt.status.success(), "{found}");
}

#[test]
fn a_program_that_lies_in_a_checkout_uses_its_crates() {
    let site = Site::new("");
    let [inside, outside] = ["checkout/target/impasto", "impasto"].map(|path| site.path(path));
    for directory in ["checkout/target", "checkout/crates/impasto-cli"] {
        fs::create_dir_all(site.path(directory)).expect("writable");
    }
    fs::write(site.path("checkout/crates/impasto-cli/Cargo.toml"), "").expect("writable");
    fs::copy(env!("CARGO_BIN_EXE_impasto"), &inside).expect("writable");
    let manifest = |program: &Path, name: &str| {
        let mut new = Command::new(program);
        let output = new.args(["new", "--crate"]).arg(site.path(name)).output();
        assert!(output.expect("it runs").status.success());
        fs::read_to_string(site.path(name).join("Cargo.toml")).expect("a file")
    };
    let paths = manifest(&inside, "with-paths");
    assert!(paths.contains("checkout/crates/impasto\""), "{paths}");
    fs::rename(&inside, &outside).expect("writable");
    let versions = manifest(&outside, "with-versions");
    assert!(!versions.contains("path = "), "{versions}");
}
