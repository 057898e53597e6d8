use rcgen::date_time_ymd;

use super::certificates::{Authority, Files, Issued};

/// What is said of files that cannot be used.
fn wrong(files: &Files, cert: &[&str], key: &[&str]) -> String {
    files.load(cert, key).unwrap_err().to_string()
}

fn issued() -> (Issued, Files) {
    let issued = Authority::new("ours").issue(&["a.example"]);
    let files = Files::default().with("a.pem", &*issued.cert).with("a.key", &*issued.key);
    (issued, files)
}

#[test]
fn a_certificate_and_its_key_are_accepted_in_two_files_or_one() {
    let (issued, files) = issued();
    let both = format!("{}{}", issued.key, issued.cert);
    let files = files.with("both.pem", both);
    for (cert, key) in [("a.pem", &["a.key"][..]), ("both.pem", &[]), ("both.pem", &["both.pem"])] {
        let acceptor = files.load(&[cert], key).unwrap();
        assert!(acceptor.warnings().is_empty(), "{:?}", acceptor.warnings());
    }
}

#[test]
fn each_mistake_names_the_setting_and_the_file() {
    let (issued, files) = issued();
    let other = Authority::new("ours").issue(&["b.example"]);
    let broken = issued.cert.replace("-----END CERTIFICATE-----", "");
    let garbled = issued.cert.replace("MII", "M!!");
    let nonsense = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let no_key = "-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n";
    let locked = issued.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let old_locked =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A\n\nAA==\n";
    let files = files
        .with("b.key", other.key)
        .with("broken.pem", broken)
        .with("garbled.pem", garbled)
        .with("nonsense.pem", nonsense)
        .with("second.pem", format!("{}{nonsense}", issued.cert))
        .with("nonsense.key", no_key)
        .with("locked.key", locked)
        .with("old.key", old_locked)
        .with("binary", "0\u{2}\u{2}")
        .with("empty", "");
    for (cert, key, expected) in [
        ("none.pem", "a.key", "`tls_cert` none.pem: cannot be read: no such file or directory"),
        ("a.pem", "none.key", "`tls_key` none.key: cannot be read: no such file or directory"),
        ("empty", "a.key", "`tls_cert` empty: has no certificate (`-----BEGIN CERTIFICATE-----`)"),
        ("a.key", "a.key", "`tls_cert` a.key: has no certificate (`-----BEGIN CERTIFICATE-----`)"),
        ("a.pem", "empty", "`tls_key` empty: has no private key (`-----BEGIN PRIVATE KEY-----`)"),
        (
            "broken.pem",
            "a.key",
            "`tls_cert` broken.pem: is no valid PEM: there is no `-----END CERTIFICATE-----`",
        ),
        ("garbled.pem", "a.key", "`tls_cert` garbled.pem: is no valid PEM: a line is not base64"),
        (
            "a.pem",
            "locked.key",
            "`tls_key` locked.key: has an encrypted private key; decrypt it with `openssl pkey`",
        ),
        (
            "a.pem",
            "old.key",
            "`tls_key` old.key: has an encrypted private key; decrypt it with `openssl pkey`",
        ),
        ("a.pem", "b.key", "`tls_key` b.key: does not belong to the certificate in a.pem"),
        ("a.pem", "a.pem", "`tls_key` a.pem: has no private key (`-----BEGIN PRIVATE KEY-----`)"),
    ] {
        assert_eq!(wrong(&files, &[cert], &[key]), expected, "{cert} {key}");
    }
    for (cert, key, expected) in [
        ("nonsense.pem", "a.key", "`tls_cert` nonsense.pem: certificate 1 cannot be used: "),
        ("second.pem", "a.key", "`tls_cert` second.pem: certificate 2 cannot be used: "),
        ("a.pem", "nonsense.key", "`tls_key` nonsense.key: the private key cannot be used: "),
    ] {
        let said = wrong(&files, &[cert], &[key]);
        assert!(said.starts_with(expected) && !said.contains('\n'), "{said}");
    }
    assert_eq!(
        wrong(&files, &["a.pem"], &[]),
        "`tls_cert` a.pem: has no private key, and `tls_key` names no file that has it"
    );
}

#[test]
fn der_is_told_from_pem() {
    let (_, files) = issued();
    // All that begins so is DER, and this is UTF-8.
    let files = files.with("a.der", "0\u{82}").with("a.pem", "0\u{82}");
    assert!(wrong(&files, &["a.der"], &["a.key"]).starts_with("`tls_cert` a.der: has no certif"));
    let read = |_: &std::path::Path| Ok(vec![0x30, 0x82, 1, 0]);
    let named = vec!["a.der".into()];
    let files = impasto_server::TlsFiles { cert: named.clone(), key: named, ..Default::default() };
    let error = impasto_server::Acceptor::load(&files, true, &read).unwrap_err().to_string();
    assert_eq!(
        error,
        "`tls_cert` a.der: is DER, not PEM; convert it with `openssl x509 -inform der`"
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let (_, files) = issued();
    let files = files.with("empty", "");
    let error = files.load_all(&["x.pem", "a.pem"], &["x.key"], Some("empty")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`tls_key` names 1 files where `tls_cert` names 2; each certificate has one key\n\
         `tls_cert` x.pem: cannot be read: no such file or directory\n\
         `tls_key` x.key: cannot be read: no such file or directory\n\
         `tls_client_ca` empty: has no certificate (`-----BEGIN CERTIFICATE-----`)"
    );
    assert_eq!(error.iter().count(), 4);
    let error = files.load_all(&[], &["a.key"], Some("a.pem")).unwrap_err();
    assert_eq!(error.to_string(), "`tls_key` needs `tls_cert`\n`tls_client_ca` needs `tls_cert`");
}

#[test]
fn what_clients_may_refuse_is_a_warning() {
    let authority = Authority::new("ours");
    let old = authority.issue_with(&["a.example"], |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 2, 3);
    });
    let new = authority.issue_with(&["a.example"], |params| {
        params.not_before = date_time_ymd(2101, 1, 1);
        params.not_after = date_time_ymd(2102, 1, 1);
    });
    let nameless = authority.issue(&[]);
    let good = authority.issue(&["a.example"]);
    let stranger = Authority::new("another").pem();
    let address = authority.issue(&["127.0.0.1"]);
    for (issued, more, expected) in [
        (&old, "", "`tls_cert` a.pem: has expired: it was valid until 2002-02-03 00:00:00 UTC"),
        (&new, "", "`tls_cert` a.pem: is not valid before 2101-01-01 00:00:00 UTC"),
        (&nameless, "", "`tls_cert` a.pem: names no host (there is no subject alternative name)"),
        (
            &good,
            &*stranger,
            "`tls_cert` a.pem: certificate 1 was not issued by certificate 2, which follows it",
        ),
        (&good, &*authority.pem(), ""),
        (&address, "", ""),
    ] {
        let files = Files::default()
            .with("a.pem", format!("{}{more}", issued.cert))
            .with("a.key", &*issued.key);
        let acceptor = files.load(&["a.pem"], &["a.key"]).unwrap();
        let said: Vec<_> = acceptor.warnings().iter().map(ToString::to_string).collect();
        assert_eq!(said.join("\n"), expected);
    }
}
