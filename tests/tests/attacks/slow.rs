use std::fs;
use std::process::Command;

use crate::good::{Attacked, were_served};

#[test]
#[ignore = "needs slowhttptest, and minutes"]
fn nobody_waits_for_slow_heads() {
    attack(&["-H", "-i", "5"], "/");
}

#[test]
#[ignore = "needs slowhttptest, and minutes"]
fn nobody_waits_for_slow_bodies() {
    attack(&["-B", "-i", "5", "-s", "8192"], "/echo");
}

#[test]
#[ignore = "needs slowhttptest, and minutes"]
fn nobody_waits_for_those_who_want_many_ranges() {
    attack(&["-R", "-t", "HEAD"], "/files/large");
}

#[test]
#[ignore = "needs slowhttptest, and minutes"]
fn nobody_waits_for_slow_readers() {
    attack(&["-X", "-n", "5", "-z", "32", "-k", "3"], "/files/large");
}

/// 2,000 connections for half a minute, 200 more each second.
fn attack(words: &[&str], path: &str) {
    let attacked = Attacked::serve("", false);
    fs::write(attacked.server.path("large"), vec![b'x'; 4 << 20]).expect("writable");
    let load = attacked.load();
    load.more(100);
    let mut command = Command::new("slowhttptest");
    command.args(["-c", "2000", "-r", "200", "-l", "30", "-v", "1", "-p", "5"]).args(words);
    command.args(["-u", &format!("{}{path}", attacked.url())]);
    let output = command.output().expect("slowhttptest is needed (Debian: slowhttptest)");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    load.more(200);
    were_served(words[0], &load.stop());
    assert!(!said.contains("service available:   NO"), "{said}");
}
