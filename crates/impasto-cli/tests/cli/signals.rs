use crate::support::{RESPOND, Site};

#[test]
fn every_signal_to_a_master_has_its_line() {
    let site = Site::new(&format!("{RESPOND}reload_on_hup = always\n"));
    let mut serving = site.serve(&[]);
    serving.line();
    for (signal, line) in [
        ("WINCH", "all workers end; `TTIN` or a reload brings them back"),
        ("TTIN", "workers service=\"main\" wanted=1"),
        ("TTIN", "workers service=\"main\" wanted=2"),
        ("TTOU", "workers service=\"main\" wanted=1"),
        ("USR1", "USR1: a log that was moved away is opened anew by itself"),
        ("HUP", "reloaded in "),
        ("TERM", "finishing the requests in flight"),
    ] {
        let before = serving.err().matches(line).count();
        serving.signal(signal);
        let start = std::time::Instant::now();
        while serving.err().matches(line).count() == before {
            assert!(start.elapsed().as_secs() < 20, "{signal}: {}", serving.err());
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
    assert_eq!(serving.end().code, Some(0));
}

#[test]
fn a_reload_that_is_asked_for_while_files_are_read_is_made_then() {
    // Long enough to be read while a signal comes.
    let more = "# more\n".repeat(500_000);
    let site = Site::new(&format!("{RESPOND}reload_on_hup = always\n{more}"));
    let mut serving = site.serve(&[]);
    let status = format!("/proc/{}/status", serving.pid());
    let catches_hup = || {
        let status = std::fs::read_to_string(&status).expect("it runs");
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("a set");
        u64::from_str_radix(caught.trim(), 16).expect("a number") & 1 == 1
    };
    let start = std::time::Instant::now();
    while !catches_hup() && start.elapsed() < std::time::Duration::from_millis(100) {}
    serving.signal("HUP");
    serving.signal("USR1");
    assert_eq!(serving.line().0, "main");
    serving.told("reloaded in ");
    serving.signal("TERM");
    assert_eq!(serving.end().code, Some(0));
}
