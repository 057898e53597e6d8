use std::fs;
use std::sync::atomic::Ordering;

use impasto_tests::certificates::{Issued, issue, issue_until, pem, trust};

use crate::support::{Launched, file, mix, times};

/// Puts a certificate where the server looks for it, in one step.
fn place(launched: &Launched, issued: &Issued) {
    let (new, path) = (launched.server().path("new.pem"), launched.server().path("a.pem"));
    fs::write(&new, pem(issued)).expect("writable");
    fs::rename(new, path).expect("renamed");
}

#[test]
fn tls_is_switched_on_and_off_and_certificates_are_exchanged() {
    const CLEAR: &str = "workers = 2";
    const ENCRYPTED: &str = "workers = 2\ntls_cert = %(here)s/a.pem";
    let issued = [issue("127.0.0.1"), issue("127.0.0.1")];
    let mut launched = Launched::serve(&file(1, CLEAR));
    let workers = launched.settled(2);
    let load = launched.load(mix(), 1);
    let mut revision = 1;
    for _ in 0..times(3, 25) {
        load.more(100);
        place(&launched, &issued[0]);
        revision += 1;
        // Clients that have a connection keep it, whatever new ones are.
        load.switch(Some(trust(&[&issued[0]])), || launched.reload(&file(revision, ENCRYPTED)));
        load.expected().least.store(revision, Ordering::SeqCst);
        load.more(200);

        // Clients that believe both connect all the while; afterwards only the new one is believed.
        load.switch(Some(trust(&[&issued[0], &issued[1]])), || {});
        load.more(50);
        place(&launched, &issued[1]);
        let said = launched.hang_up();
        assert!(said.contains("another content: ") && said.contains("a.pem"), "{said}");
        load.switch(Some(trust(&[&issued[1]])), || {});
        load.more(100);

        revision += 1;
        load.switch(None, || launched.reload(&file(revision, CLEAR)));
        load.expected().least.store(revision, Ordering::SeqCst);
        load.more(100);
    }
    let tally = load.stop();
    println!("{tally}");
    assert_eq!(tally.failed(), 0, "{tally}");
    assert_eq!(launched.workers(), workers, "none of this needs other processes");
}

#[test]
fn so_they_are_together_with_the_number_of_workers() {
    let issued = issue("127.0.0.1");
    let mut launched = Launched::serve(&file(1, "workers = 1"));
    place(&launched, &issued);
    let load = launched.load(mix(), 1);
    for revision in 1..=times(4, 40) {
        let (workers, is_on) = (1 + revision % 3, revision % 2 == 1);
        let cert = if is_on { "tls_cert = %(here)s/a.pem" } else { "" };
        let text = file(revision as u64, &format!("workers = {workers}\n{cert}"));
        load.switch(is_on.then(|| trust(&[&issued])), || launched.reload(&text));
        // While the old generation drains, an operator wants one more, and one less.
        launched.server().signal("TTIN");
        load.more(100);
        launched.settled(workers + 1);
        launched.server().signal("TTOU");
        load.more(50);
        launched.settled(workers);
    }
    let tally = load.stop();
    println!("{tally}");
    assert_eq!(tally.failed(), 0, "{tally}");
}

#[test]
fn a_good_certificate_gives_way_to_no_expired_one() {
    let (good, expired) = (issue("127.0.0.1"), issue_until(2002, "127.0.0.1"));
    let encrypted = |revision| file(revision, "tls_cert = %(here)s/a.pem");
    let mut launched = Launched::serve(&file(1, ""));
    place(&launched, &good);
    let load = launched.load(mix(), 1);
    load.switch(Some(trust(&[&good])), || launched.reload(&encrypted(1)));
    place(&launched, &expired);
    let said = launched.refuse(&encrypted(2));
    assert!(said.contains("a.pem: has expired: it was valid until 2002-02-03"), "{said}");
    load.more(100);
    let tally = load.stop();
    assert_eq!(tally.failed(), 0, "{tally}");
}
