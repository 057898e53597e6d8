use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::good::Attacked;

/// What is no fault of ours: of a certificate of the test's own making, without a name in the DNS, and of
/// the OpenSSL that testssl.sh itself is given.
const OF_OTHERS: [&str; 4] = ["cert_", "DNS_", "OCSP_", "engine_problem"];

#[test]
#[ignore = "needs testssl.sh, and minutes"]
fn testssl_finds_nothing() {
    let attacked = Attacked::serve("", true);
    let report = attacked.server.path("report.json");
    let mut command = Command::new("testssl");
    command.args(["--quiet", "--color", "0", "--warnings", "off", "--ip", "one"]);
    command.args(["--protocols", "--server-defaults", "--fs", "--vulnerable", "--std"]);
    command.arg("--jsonfile").arg(&report).arg(attacked.address());
    let output = command.output().expect("testssl is needed (Debian: testssl.sh)");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let report = fs::read(report).unwrap_or_else(|error| panic!("{error}: {said}"));
    let report: Vec<Value> = serde_json::from_slice(&report).expect("its own form");
    assert!(report.iter().any(|found| found["id"] == "heartbleed"), "it looked: {said}");
    let text = |found: &Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let faults = report.iter().filter(|found| {
        let id = text(found, "id");
        let is_fine = ["OK", "INFO"].contains(&text(found, "severity").as_str());
        !is_fine && !OF_OTHERS.iter().any(|name| id.starts_with(name))
    });
    let faults: Vec<String> = faults.map(Value::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
