//! Asking the Python originals of filters and apps, many questions at once.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::python_with_middleware;

/// What a script of `tests/oracle` answers to all questions: they are JSON on its standard input, and so
/// are the answers on its output. It finds `variables` in its environment.
///
/// # Panics
///
/// When it does not answer.
pub fn answers<Q: Serialize, A: DeserializeOwned>(
    script: &str,
    variables: &[(&str, &Path)],
    questions: &[Q],
) -> Vec<A> {
    let mut process = Command::new(python_with_middleware())
        .args(["-B", "-X", "utf8"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle").join(script))
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the Python environment has an interpreter");
    let text = serde_json::to_vec(questions).expect("texts can be written");
    process.stdin.take().expect("piped").write_all(&text).expect("it reads");
    let output = process.wait_with_output().expect("it ends");
    serde_json::from_slice(&output.stdout).expect("it answers all questions")
}
