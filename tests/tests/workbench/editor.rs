use std::path::Path;

use impasto_tests::editor::{Editor, script};
use impasto_tests::fixtures::REWRITE;
use impasto_tests::transcript::Transcript;

/// Files that name others.
mod files;
/// What no editor should say.
mod rubbish;
/// How long answers take.
mod speed;

/// The directory of the conversations.
pub(crate) const FAMILY: &str = "lsp";

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_impasto-tests"))
}

/// An editor in a directory with these files.
fn editor(files: &[(&str, &str)]) -> (Editor, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).expect("writable");
    }
    (Editor::start(program(), directory.path()), directory)
}

#[test]
fn conversations_go_as_expected() {
    let scripts = Transcript::with_extension(&crate::cases().join(FAMILY), "lsp");
    assert!(!scripts.is_empty(), "there is no case");
    let differences: Vec<_> =
        scripts.iter().filter_map(|script| script::run(script, program())).collect();
    let text = differences.join("\n");
    assert!(differences.is_empty(), "{text}\nwhere that is better, write it with {REWRITE}=1");
}
