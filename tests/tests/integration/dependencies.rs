//! The direction of dependencies.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What a crate of the workspace depends on, tests and benchmarks aside.
fn dependencies(name: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages.iter().find(|package| package["name"] == name).expect("a package");
    let all = package["dependencies"].as_array().expect("dependencies").iter();
    let normal = all.filter(|dependency| dependency["kind"].is_null());
    normal.filter_map(|dependency| dependency["name"].as_str()).map(str::to_owned).collect()
}

#[test]
fn each_crate_knows_only_what_it_may() {
    for (name, unknown) in [
        ("impasto", &["impasto-filters", "impasto-server", "impasto-cli", "hyper", "tokio"][..]),
        // Of hyper they have the client, which fetches keys.
        ("impasto-filters", &["impasto-server", "impasto-cli"]),
        (
            "impasto-routing",
            &["impasto-filters", "impasto-server", "impasto-cli", "hyper", "tokio"],
        ),
        ("impasto-server", &["impasto-filters", "impasto-cli"]),
        ("impasto-testing", &["impasto-filters", "impasto-server", "impasto-cli", "hyper"]),
        ("impasto-workbench", &["impasto-filters", "impasto-server", "impasto-cli", "hyper"]),
    ] {
        let known = dependencies(name);
        let wrong: Vec<_> =
            unknown.iter().filter(|it| known.iter().any(|known| known == *it)).collect();
        assert!(wrong.is_empty(), "{name} depends on {wrong:?}");
    }
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in directory.read_dir().expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The sources under `crates/NAME/src` in which a line of code has `word`.
fn naming(name: &str, word: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&root().join("crates").join(name).join("src"), &mut found);
    found.retain(|path| {
        let text = std::fs::read_to_string(path).expect("readable");
        let code = |line: &&str| !line.trim_start().starts_with("//");
        text.lines().filter(code).any(|line| line.contains(word))
    });
    found
}

#[test]
fn only_the_binary_names_the_filters() {
    let named = naming("impasto-cli", "impasto_filters");
    assert!(named.iter().all(|path| path.ends_with("main.rs")), "{named:?}");
}

#[test]
fn one_file_of_the_filters_asks_other_servers() {
    let named = naming("impasto-filters", "hyper");
    assert!(named.iter().all(|path| path.ends_with("src/client.rs")), "{named:?}");
    assert!(!named.is_empty(), "no file does, so the crate need not depend on hyper");
}

#[test]
fn nothing_is_unsafe() {
    for name in [
        "impasto",
        "impasto-filters",
        "impasto-routing",
        "impasto-server",
        "impasto-cli",
        "impasto-workbench",
        "impasto-testing",
    ] {
        let named = naming(name, "unsafe ");
        assert!(named.is_empty(), "{named:?}");
    }
}
