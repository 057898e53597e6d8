use std::fs;
use std::path::{Path, PathBuf};

/// Set to write the documents anew.
const REWRITE: &str = "IMPASTO_REWRITE";

/// The path of a document.
pub(crate) fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

/// Compares a document with what it should be, or writes it.
pub(crate) fn hold(name: &str, wanted: &str) {
    let path = docs(name);
    if std::env::var_os(REWRITE).is_some() {
        fs::write(&path, wanted).expect("writable");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let different = found.lines().zip(wanted.lines()).position(|(found, wanted)| found != wanted);
    let line = different.unwrap_or_else(|| found.lines().count().min(wanted.lines().count())) + 1;
    assert!(found == wanted, "docs/{name}:{line} is stale; write it with {REWRITE}=1");
}
