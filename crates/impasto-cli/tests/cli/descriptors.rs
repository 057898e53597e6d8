use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{RESPOND, Site, children, get};

fn descriptor(pid: u32, number: u32) -> String {
    let path = fs::read_link(format!("/proc/{pid}/fd/{number}")).unwrap_or_default();
    path.to_string_lossy().into_owned()
}

/// Where a process that prints nothing listens, as the kernel knows it.
fn listens(pid: u32) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/net/tcp")).ok()?;
    let sockets: Vec<String> = Path::new(&format!("/proc/{pid}/fd"))
        .read_dir()
        .ok()?
        .filter_map(|entry| Some(fs::read_link(entry.ok()?.path()).ok()?.display().to_string()))
        .collect();
    text.lines().skip(1).find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_ours = sockets.contains(&format!("socket:[{}]", words[9])) && words[3] == "0A";
        let port = u16::from_str_radix(words[1].split_once(':')?.1, 16).ok()?;
        is_ours.then(|| format!("127.0.0.1:{port}"))
    })
}

/// Its first answer, which only a worker gives that has become what it is to be: a child that has not
/// yet executed itself still has all that its master has.
fn serves(server: &Child) -> String {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        assert!(Instant::now() < until, "it does not serve");
        match listens(server.id()) {
            Some(address) => break get(&address, "/"),
            None => sleep(Duration::from_millis(5)),
        }
    }
}

/// A listener must not become standard output, into which something is printed.
#[test]
fn a_server_that_is_given_no_standard_descriptors_has_some_that_go_nowhere() {
    let site = Site::new(RESPOND);
    let mut server = Command::new("sh")
        .args(["-c", r#"exec "$0" serve "$1" <&- >&- 2>&-"#, env!("CARGO_BIN_EXE_impasto")])
        .arg(site.path("api-paste.ini"))
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let answer = serves(&server);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    for pid in children(server.id()).into_iter().chain([server.id()]) {
        for number in 0..=2 {
            assert_eq!(descriptor(pid, number), "/dev/null", "{number} of {pid}");
        }
    }
    let kill = format!("kill {}", server.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

/// systemd's sockets that nobody asks for, and what else was open when we were started.
#[test]
fn what_somebody_left_open_reaches_no_worker() {
    let site = Site::new(RESPOND);
    let script = r#"exec 3<"$1" 4<"$1" 9<"$1"; LISTEN_FDS=2 LISTEN_PID=$$ exec "$0" serve "$1""#;
    let file = site.path("api-paste.ini");
    let mut server = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_impasto")])
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let answer = serves(&server);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let has_it = |pid: u32| {
        let mut open = (3..20).map(|number| descriptor(pid, number));
        open.any(|path| Path::new(&path) == file)
    };
    assert!(has_it(server.id()), "the master may be asked for it later");
    assert!(!children(server.id()).into_iter().any(has_it));
    let kill = format!("kill {}", server.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}
