//! A program that launches a service itself, without the command line: this one, which is its workers, too.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use impasto::Loader;
use impasto_filters as _;
use impasto_server::{Ended, Launcher, Service};
use impasto_tests::server::get;

fn main() {
    impasto_server::init();
    a_launcher_that_is_stopped_before_it_waits_serves_nobody();
    a_launcher_that_is_reset_before_it_waits_reads_its_files_again();
}

/// Ready to wait, with one worker.
fn launcher(file: &Path) -> Launcher {
    write(file, "one");
    let service = Service::from_config(&Loader::open(file).expect("a file"), None);
    let mut launcher = Launcher::new().expect("descriptors");
    launcher.launch(service.expect("a service"), 1).expect("a worker");
    launcher
}

fn write(file: &Path, says: &str) {
    let text = format!(
        "[app:main]\nuse = egg:impasto#respond\nbody = {says}\n\
         [server:main]\nuse = egg:impasto#http\nport = 0\nthreads = 1\n"
    );
    fs::write(file, text).expect("writable");
}

fn a_launcher_that_is_stopped_before_it_waits_serves_nobody() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut launcher = launcher(&directory.path().join("a.ini"));
    let (told, started) = std::sync::mpsc::channel();
    launcher.on_start(move |all| told.send(all.len()).expect("it listens"));
    launcher.stop();
    assert_eq!(launcher.wait(), Ended::Clean);
    assert_eq!(started.iter().count(), 0);
}

fn a_launcher_that_is_reset_before_it_waits_reads_its_files_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("a.ini");
    let mut launcher = launcher(&file);
    write(&file, "two");
    launcher.reset();
    let handle = launcher.handle();
    launcher.on_start(move |all| {
        let (handle, (_, address)) = (handle.clone(), all[0].clone());
        std::thread::spawn(move || {
            let address = address.to_string();
            let address = address.strip_prefix("http://").expect("clear text");
            let start = Instant::now();
            while !get(address).is_ok_and(|answer| answer.ends_with("two")) {
                if start.elapsed() > Duration::from_secs(30) {
                    // Whoever waits is told by what it came to.
                    return handle.stop_now();
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            handle.stop();
        });
    });
    assert_eq!(launcher.wait(), Ended::Clean, "it served what it had read before");
}
