use std::fs;
use std::process::Command;

use crate::documents::hold;
use crate::support::Site;

#[test]
fn the_document_of_commands_is_what_they_say() {
    let commands = Site::new("").run(&["man", "--markdown"]).out;
    hold("commands.md", &format!("{}\n{commands}", include_str!("manual/preamble.md")));
}

/// groff complains of what it does not know. Where it is not there, only the sections are looked at; `.ci/run`
/// sees to it that it is.
#[test]
fn every_command_has_a_page_that_groff_reads() {
    let has_groff = Command::new("groff").arg("--version").output().is_ok();
    let site = Site::new("");
    assert_eq!(site.run(&["man", "pages/man1"]).code, Some(0));
    let directory = site.path("pages/man1");
    let pages = directory.read_dir().expect("pages").map(|page| page.expect("readable").path());
    let pages: Vec<_> = pages.collect();
    for name in ["impasto", "impasto-check", "impasto-edit", "impasto-edit-get", "impasto-man"] {
        assert!(pages.contains(&directory.join(format!("{name}.1"))), "{name}: {pages:?}");
    }
    for page in &pages {
        let text = fs::read_to_string(page).expect("UTF-8");
        for section in [".TH ", ".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS"] {
            assert_eq!(text.matches(&format!("\n{section}")).count(), 1, "{section}:\n{text}");
        }
        if !has_groff {
            continue;
        }
        let groff = Command::new("groff").args(["-man", "-Tutf8", "-ww", "-z"]).arg(page).output();
        let groff = groff.expect("it runs");
        let said = String::from_utf8_lossy(&groff.stderr);
        assert!(groff.status.success() && said.is_empty(), "{}: {said}", page.display());
    }
}

#[test]
fn examples_keep_their_lines_in_a_page() {
    let page = Site::new("").run(&["man"]).out;
    assert!(page.contains(".nf\n0   all went well\n1   "), "{page}");
}
