//! Files of OpenStack's services.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use super::python::{python, target_directory};

/// The texts of the paste files of nova, cinder, neutron, glance, heat, manila and barbican by these names, from
/// their packages, which are downloaded to `target/services` when they are not there yet. Nothing of them runs.
///
/// # Panics
///
/// When they cannot be had; the message says why.
pub fn service_files() -> BTreeMap<String, String> {
    serde_json::from_slice(&fetch().1).expect("what the script writes")
}

/// The directory of the files of nova that build its documents about versions, in their packages.
///
/// # Panics
///
/// As [`service_files`].
pub fn nova_sources() -> PathBuf {
    fetch().0.join("sources")
}

/// Where the files are, and what the script says of them.
fn fetch() -> (PathBuf, Vec<u8>) {
    let directory = target_directory().join("services");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/services.py");
    let mut command = Command::new(python());
    let output = command.arg(script).arg(&directory).output();
    let output = output.expect("the environment has an interpreter");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the files of OpenStack's services are needed:\n{said}");
    (directory, output.stdout)
}
