//! The program, run as a process.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

fn get(address: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("open");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn each_service_has_its_workers_and_all_of_them_stop() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_two-services"));
    let mut program = command.stdout(Stdio::piped()).spawn().expect("it runs");
    let mut lines = BufReader::new(program.stdout.take().expect("piped")).lines();
    for told in ["public has 2", "admin has 1"] {
        assert_eq!(lines.next().expect("a line").expect("readable"), told);
    }
    for (name, body) in [("public", "for everybody"), ("admin", "for operators")] {
        let line = lines.next().expect("a line").expect("readable");
        let address = line.strip_prefix(&format!("{name} on http://")).expect(&line);
        assert!(get(address).ends_with(body), "{name}");
    }
    let mut known = Vec::new();
    for (name, count) in [("public", 2), ("admin", 1)] {
        let line = lines.next().expect("a line").expect("readable");
        let pids = line.strip_prefix(&format!("{name} by {{")).expect(&line);
        let pids = pids.trim_end_matches('}').split(", ").map(|pid| pid.parse::<u32>());
        let pids: Vec<u32> = pids.collect::<Result<_, _>>().expect("numbers");
        assert_eq!(pids.len(), count, "{line}");
        known.extend(pids);
    }
    let children = format!("/proc/{0}/task/{0}/children", program.id());
    let children = fs::read_to_string(children).expect("Linux");
    let mut found: Vec<u32> = children.split_whitespace().flat_map(str::parse).collect();
    found.sort_unstable();
    known.sort_unstable();
    assert_eq!(found, known);

    let kill = Command::new("kill").arg(program.id().to_string()).status().expect("it runs");
    assert!(kill.success());
    assert_eq!(program.wait().expect("it ends").code(), Some(0));
    for child in children.split_whitespace() {
        assert!(!fs::exists(format!("/proc/{child}")).expect("readable"), "{child} is left");
    }
}
