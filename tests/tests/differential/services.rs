//! The files that OpenStack's services ship: what in them is the project's own, and that everything else is found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use impasto::{Code, Loader, Severity};
use impasto_filters as _;
use impasto_tests::oracle::service_files;

/// A list of references, one a line.
fn expected(service: &str) -> PathBuf {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/services");
    cases.join(format!("{service}.expected"))
}

/// The references of the file that nothing provides. Whatever else is wrong with it fails the test.
fn not_found(service: &str, text: &str) -> BTreeSet<String> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("api-paste.ini");
    fs::write(&path, text).expect("a file");
    let problems = Loader::open(&path).expect("a file that can be read").check();
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    errors
        .map(|problem| {
            assert_eq!(problem.code, Code::UnknownFactory, "{service}: {}", problem.message);
            let mut words = problem.message.split('`');
            words.nth(1).expect("the reference is named").to_owned()
        })
        .collect()
}

#[test]
fn only_what_is_a_projects_own_or_keystones_is_not_found() {
    let files = service_files();
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["barbican", "cinder", "glance", "heat", "manila", "neutron", "nova"]);
    for (service, text) in &files {
        let found = not_found(service, text);
        for reference in &found {
            let is_own = reference.starts_with(&format!("{service}."));
            assert!(
                is_own || reference.starts_with("keystonemiddleware."),
                "{service}: {reference}"
            );
        }
        let found: String = found.iter().map(|reference| format!("{reference}\n")).collect();
        let path = expected(service);
        if std::env::var_os("IMPASTO_REWRITE").is_some() {
            fs::write(&path, &found).expect("writable");
        }
        assert_eq!(found, fs::read_to_string(&path).unwrap_or_default(), "{}", path.display());
    }
}
