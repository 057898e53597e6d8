//! The requests of gunicorn's own tests.

use std::process::Command;

use serde::Deserialize;

use super::python::{python, target_directory};

/// What one file of theirs sends over a connection.
#[derive(Clone, Debug, Deserialize)]
pub struct ForeignCase {
    /// `valid/NAME` or `invalid/NAME`.
    pub name: String,
    /// A character is a byte.
    bytes: String,
    /// What gunicorn reads in it: nothing is said of a file that it refuses, at whichever request.
    pub requests: Vec<ForeignRequest>,
}

/// A request as gunicorn reads it.
#[derive(Clone, Debug, Deserialize)]
pub struct ForeignRequest {
    /// The method.
    pub method: String,
    /// The target, as it was sent.
    pub target: String,
    /// Names in capitals, and values.
    pub headers: Vec<(String, String)>,
    /// A character is a byte.
    pub body: String,
    /// As the headers.
    pub trailers: Vec<(String, String)>,
}

impl ForeignCase {
    /// What is sent.
    pub fn bytes(&self) -> Vec<u8> {
        latin1(&self.bytes)
    }
}

/// The bytes of a text of which each character stands for one.
pub fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|byte| u8::try_from(byte).expect("a byte")).collect()
}

/// All that `tests/requests` of gunicorn's sources has, which are downloaded to `target/gunicorn` when
/// they are not there yet. That takes half a minute.
///
/// # Panics
///
/// When they cannot be had; the message says why.
pub fn gunicorn_requests() -> Vec<ForeignCase> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/foreign_requests.py");
    let mut command = Command::new(python());
    let output = command.arg(script).arg(target_directory().join("gunicorn")).output();
    let output = output.expect("the environment has an interpreter");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the requests of gunicorn's tests are needed:\n{said}");
    serde_json::from_slice(&output.stdout).expect("what the script writes")
}
