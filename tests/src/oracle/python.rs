//! The Python environment of the tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The Python interpreter that has PasteDeploy, in `target/python`.
///
/// Made by `tests/oracle/environment.py` when it is not there yet, which needs `python3` and a
/// package index. Test processes that run at once wait for each other.
///
/// # Panics
///
/// When there is no `python3`, or the packages cannot be installed; the message says which.
pub fn python() -> &'static Path {
    static PYTHON: LazyLock<PathBuf> =
        LazyLock::new(|| make_environment("python", "requirements.txt"));
    &PYTHON
}

/// The Python interpreter that has oslo.middleware, in `target/python-middleware`. As [`python`].
///
/// # Panics
///
/// As [`python`].
pub fn python_with_middleware() -> &'static Path {
    static PYTHON: LazyLock<PathBuf> =
        LazyLock::new(|| make_environment("python-middleware", "middleware.txt"));
    &PYTHON
}

fn make_environment(name: &str, requirements: &str) -> PathBuf {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle");
    let directory = target_directory().join(name);
    let made = Command::new("python3")
        .arg(sources.join("environment.py"))
        .arg(&directory)
        .arg(sources.join(requirements))
        .output()
        .unwrap_or_else(|error| {
            panic!("the differential tests need `python3` (3.9 or later) in PATH: {error}")
        });
    assert!(
        made.status.success(),
        "the differential tests need the packages of {requirements} from PyPI:\n{}",
        String::from_utf8_lossy(&made.stderr),
    );
    directory.join("bin/python")
}

/// Cargo's `target` directory: the parent of the profile's directory that holds this program.
pub(super) fn target_directory() -> PathBuf {
    let program = std::env::current_exe().expect("the test program has a path");
    program
        .ancestors()
        .find(|directory| directory.join("CACHEDIR.TAG").exists())
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), Path::to_path_buf)
}
