use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{Site, get};

fn file(settings: &str) -> String {
    format!(
        "[app:main]\nuse = egg:impasto#respond\nbody = hello\n\
         [server:main]\nuse = egg:impasto#http\nlisten = 127.0.0.1:0\n{settings}"
    )
}

/// Waits until the log is this; processes write it in their own time.
fn wait_for(site: &Site, log: &str) {
    let start = Instant::now();
    loop {
        let text = fs::read_to_string(site.path("log")).unwrap_or_default();
        if text == log {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "{text:?} is not {log:?}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_server_logs_what_it_answers_in_every_process_and_after_a_reload() {
    for workers in [0, 2] {
        let settings = |format: &str| {
            file(&format!(
                "reload_on_hup = always\nworkers = {workers}\naccess_log = %(here)s/log\n\
                 access_log_format = {format}\n"
            ))
        };
        let site = Site::new(&settings("{method} {target} {status}"));
        let mut serving = site.serve(&[]);
        let (_, address) = serving.line();
        get(&address, "/one");
        wait_for(&site, "GET /one 200\n");
        fs::write(site.path("api-paste.ini"), settings("{status} {target}")).unwrap();
        serving.signal("HUP");
        let (start, mut log) = (Instant::now(), String::new());
        while !log.ends_with("200 /two\n") {
            assert!(start.elapsed() < Duration::from_secs(10), "{log}");
            get(&address, "/two");
            sleep(Duration::from_millis(30));
            log = fs::read_to_string(site.path("log")).unwrap();
        }
        serving.signal("TERM");
        assert_eq!(serving.end().code, Some(0));
    }
}

#[test]
fn gunicorns_words_for_it_mean_the_same() {
    let site = Site::new(
        "[app:main]\nuse = egg:impasto#respond\n[server:main]\nuse = egg:gunicorn#main\n\
         bind = 127.0.0.1:0\naccesslog = %(here)s/log\n\
         access_log_format = %%(m)s %%(s)s \"%%({x-id}i)s\" %%(D)s\n",
    );
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    get(&address, "/");
    wait_for(&site, "GET 200 \"-\" -\n");
    serving.signal("TERM");
    assert_eq!(serving.end().code, Some(0));
}

#[test]
fn what_is_wrong_with_it_is_told_at_its_line() {
    for (settings, place, says) in [
        (
            "access_log = log\naccess_log_format = {nothing}\n",
            "api-paste.ini:8:21",
            "`access_log_format`: there is no `{nothing}`",
        ),
        (
            "access_log_format = json\n",
            "api-paste.ini:7:21",
            "`access_log_format`: there is no log to go with it",
        ),
        (
            "access_log = /no/such/directory/log\n",
            "api-paste.ini:7:14",
            "`access_log` cannot be written to: No such file or directory",
        ),
        (
            "accesslog = /no/such/directory/log\n",
            "api-paste.ini:7:13",
            "`access_log` cannot be written to: No such file or directory",
        ),
    ] {
        for workers in ["0", "1"] {
            let site = Site::new(&file(settings));
            let ran = site.run(&["serve", "--workers", workers]);
            assert_eq!(ran.code, Some(4), "{settings}{}", ran.err);
            assert!(ran.err.contains(says) && ran.err.contains(place), "{}", ran.err);
        }
    }
}
