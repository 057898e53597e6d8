//! The files that OpenStack's services ship.

use std::collections::BTreeMap;
use std::process::Command;

use super::python::{python, target_directory};

/// The texts of the paste files of nova, cinder, neutron, glance, heat, manila and barbican by these names, from
/// their packages, which are downloaded to `target/services` when they are not there yet. Nothing of them runs.
///
/// # Panics
///
/// When they cannot be had; the message says why.
pub fn service_files() -> BTreeMap<String, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/services.py");
    let mut command = Command::new(python());
    let output = command.arg(script).arg(target_directory().join("services")).output();
    let output = output.expect("the environment has an interpreter");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the files of OpenStack's services are needed:\n{said}");
    serde_json::from_slice(&output.stdout).expect("what the script writes")
}
