use std::ffi::OsStr;
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use crate::support::{RESPOND, Site, children};

#[test]
fn a_pid_file_is_there_as_long_as_its_master() {
    let site = Site::new(RESPOND);
    let mut serving = site.serve(&["--pid-file", "pid"]);
    serving.line();
    let pid = serving.pid();
    assert_eq!(fs::read_to_string(site.path("pid")).unwrap(), format!("{pid}\n"));
    let second = site.run(&["serve", "--pid-file", "pid"]);
    let path = site.path("pid");
    let expected = format!("error: process {pid} has the pid file `{}`\n", path.display());
    assert_eq!((second.code, second.out, second.err), (Some(4), String::new(), expected));

    // A reload may move it.
    let elsewhere = format!("{RESPOND}pid_file = %(here)s/elsewhere\n");
    fs::write(site.path("other.ini"), &elsewhere).unwrap();
    let mut other = site.serve(&["other.ini"]);
    other.line();
    fs::write(site.path("other.ini"), elsewhere.replace("elsewhere", "moved")).unwrap();
    let reloaded = site.run(&["reload", "other.ini"]);
    assert_eq!(reloaded.code, Some(0), "{}", reloaded.err);
    assert!(!site.path("elsewhere").exists());
    let found = site.run(&["status", "--json", "--pid-file", "moved"]).json();
    assert_eq!(found["pid"], other.pid());

    assert_eq!(site.run(&["stop", "--pid-file", "moved"]).code, Some(0));
    assert_eq!(site.run(&["stop", "--pid-file", "pid"]).code, Some(0));
    assert!(!site.path("pid").exists() && !site.path("moved").exists());
    assert_eq!((serving.end().code, other.end().code), (Some(0), Some(0)));
}

#[test]
fn systemd_is_told_what_happens() {
    let site = Site::new(RESPOND);
    let path = site.path("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let told = |what: &str| {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let mut bytes = [0; 4096];
            let some = manager.recv(&mut bytes).expect("it says something");
            let text = String::from_utf8_lossy(&bytes[..some]).into_owned();
            if text.lines().any(|line| line == what) {
                return text;
            }
            assert!(Instant::now() < until, "{what} is not said");
        }
    };
    let watchdog = OsStr::new("100000");
    let variables = [("NOTIFY_SOCKET", path.as_os_str()), ("WATCHDOG_USEC", watchdog)];
    let serving = site.serve_with(&[], &variables);
    assert_eq!(told("READY=1"), "READY=1\nSTATUS=serving\n");
    // Half as much is between two of them; a second would be too late.
    let start = Instant::now();
    (0..10).for_each(|_| _ = told("WATCHDOG=1"));
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(site.run(&["reload"]).code, Some(0));
    assert!(told("RELOADING=1").contains("\nMONOTONIC_USEC="));
    told("READY=1");
    fs::write(site.path("api-paste.ini"), RESPOND.replace("respond", "no-such")).unwrap();
    assert_eq!(site.run(&["reload"]).code, Some(4));
    told("RELOADING=1");
    assert!(told("READY=1").contains("\nSTATUS=serving; the last reload failed\n"));
    for pid in children(serving.pid()) {
        let variables = fs::read(format!("/proc/{pid}/environ")).unwrap();
        let variables = String::from_utf8_lossy(&variables).into_owned();
        assert!(!variables.contains("NOTIFY_SOCKET") && !variables.contains("WATCHDOG_USEC"));
    }
    assert_eq!(site.run(&["stop"]).code, Some(0));
    told("STOPPING=1");
    assert_eq!(serving.end().code, Some(0));
}

#[test]
fn workers_run_as_somebody_else() {
    let is_root = fs::read_to_string("/proc/self/status").unwrap().contains("\nUid:\t0\t0\t");
    let site = Site::new(&format!("{RESPOND}user = 65534\ngroup = 65533\n"));
    if !is_root {
        let ran = site.run(&["serve"]);
        assert_eq!(ran.code, Some(4));
        assert!(ran.err.contains("`user` cannot be changed to"), "{}", ran.err);
        return;
    }
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    assert!(crate::support::get(&address, "/").starts_with("HTTP/1.1 200 OK"));
    let workers = children(serving.pid());
    assert_eq!(workers.len(), 1);
    let limits = fs::read_to_string(format!("/proc/{}/limits", workers[0])).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
    // Every thread of it.
    for thread in fs::read_dir(format!("/proc/{}/task", workers[0])).unwrap() {
        let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        for line in [
            "Uid:\t65534\t65534\t65534\t65534\n",
            "Gid:\t65533\t65533\t65533\t65533\n",
            "Groups:\t65533",
            "CapEff:\t0000000000000000\n",
            "NoNewPrivs:\t1\n",
        ] {
            assert!(status.contains(line), "{line}{status}");
        }
    }
    assert_eq!(site.run(&["stop"]).code, Some(0));
    assert_eq!(serving.end().code, Some(0));

    let site = Site::new(&format!("{RESPOND}user = no-such-user\n"));
    let ran = site.run(&["serve"]);
    assert_eq!(ran.code, Some(4));
    let expected = "\
error[bad-value]: `user` cannot be `no-such-user`: there is no such user
 --> api-paste.ini:6:8
";
    assert!(ran.err.starts_with(expected), "{}", ran.err);
}
