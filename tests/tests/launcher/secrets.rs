use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{Launched, get, wait};

/// The app is one that a composite loads when it is called.
fn file(secret: &Path, server: &str) -> String {
    format!(
        "[composite:main]\nuse = egg:impasto#urlmap\n/ = text\n\
         [app:text]\nuse = egg:impasto#respond\nbody = %(file:{})s\n\
         [server:main]\nuse = egg:impasto#http\nport = 0\nthreads = 1\n{server}\n",
        secret.display()
    )
}

/// What a worker says that has just been started in the place of another.
fn of_a_new_worker(launched: &Launched) -> String {
    let old = launched.settled(1);
    old[0].signal("KILL");
    wait("another worker", || launched.settled(1) != old);
    get(&launched.address(), "/").expect("an answer")
}

#[test]
fn secrets_are_as_they_were_read_until_a_reload() {
    let directory = tempfile::tempdir().expect("a directory");
    let secret = directory.path().join("secret");
    let write = |text: &str| fs::write(&secret, text).expect("writable");
    write("one");
    // Root's own, for workers that are somebody else, where there is anybody to become.
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("ours");
    let is_root = rustix::process::geteuid().is_root();
    let server = if is_root { "user = 65534\ngroup = 65534" } else { "" };
    let text = file(&secret, server);
    let mut launched = Launched::serve(&text);
    assert!(get(&launched.address(), "/").expect("an answer").ends_with("one"));
    write("two");
    assert!(of_a_new_worker(&launched).ends_with("one"));
    let said = launched.refuse(&text.replace("/ = text", "/ = gone"));
    assert!(said.contains("gone"), "{said}");
    assert!(of_a_new_worker(&launched).ends_with("one"), "nothing has changed");
    launched.reload(&text);
    assert!(get(&launched.address(), "/").expect("an answer").ends_with("two"));
    fs::remove_file(&secret).expect("ours");
    assert!(of_a_new_worker(&launched).ends_with("two"));
    let err = launched.into_server().stop().err;
    assert!(!err.contains("cannot read the secret file"), "{err}");
}
