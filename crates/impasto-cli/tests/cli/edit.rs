use std::fs;
use std::thread;

use crate::support::Site;

const FILE: &str = "\
# Of the house.
[pipeline:main]
pipeline =
    cors
    app

[filter:cors]
use = egg:impasto#cors
allow_origins : https://example.org   

[filter:id]
use = egg:impasto#request_id

[filter:theirs]
use = egg:unlinked#one

[app:app]
use = egg:impasto#respond
";

fn file(site: &Site) -> String {
    fs::read_to_string(site.path("api-paste.ini")).expect("readable")
}

/// Runs `impasto edit api-paste.ini` with these words, and gives the exit code and what is said.
fn edit(site: &Site, words: &[&str]) -> (Option<i32>, String) {
    let ran = site.run(&[&["edit", "api-paste.ini"], words].concat());
    (ran.code, ran.out + &ran.err)
}

#[test]
fn a_change_is_one_line() {
    let site = Site::new(FILE);
    let done = (Some(0), String::new());
    assert_eq!(edit(&site, &["add", "main", "id", "--before", "cors"]), done);
    let expected = FILE.replace("    cors\n", "    id\n    cors\n");
    assert_eq!(file(&site), expected);
    assert_eq!(edit(&site, &["add", "main", "id", "--before", "cors"]), done, "it is there");
    assert_eq!(edit(&site, &["set", "filter:cors", "allow_origins", "https://b.example"]), done);
    let expected = expected.replace("https://example.org   ", "https://b.example   ");
    assert_eq!(file(&site), expected);
    assert_eq!(edit(&site, &["add", "main", "theirs"]), done, "an unlinked factory is no error");
    assert_eq!(file(&site), expected.replace("    app\n", "    theirs\n    app\n"));
    assert_eq!(edit(&site, &["rename", "filter:theirs", "ours"]), done);
    assert_eq!(edit(&site, &["move", "main", "ours", "--before", "id"]), done);
    assert!(file(&site).contains("pipeline =\n    ours\n    id\n    cors\n    app\n"));
}

#[test]
fn a_value_is_printed_as_it_is_written() {
    let site = Site::new(FILE);
    let value = edit(&site, &["get", "pipeline:main", "pipeline"]);
    assert_eq!(value, (Some(0), "\ncors\napp\n".to_owned()));
    let ran = site.run(&["edit", "api-paste.ini", "get", "filter:id", "use", "--json"]);
    let answer = ran.json();
    assert_eq!((ran.code, &answer["line"]), (Some(0), &12.into()));
    assert_eq!(answer["value"], "egg:impasto#request_id");
}

#[test]
fn what_is_not_there_is_told_with_the_nearest() {
    let site = Site::new(FILE);
    for (words, expected) in [
        (
            &["get", "filter:crs", "use"][..],
            "error: there is no [filter:crs] in api-paste.ini\n  = help: did you mean `filter:cors`?\n",
        ),
        (
            &["unset", "filter:cors", "allow_origin"],
            "error: there is no `allow_origin` in [filter:cors]\n  = help: did you mean `allow_origins`?\n",
        ),
        (
            &["remove", "main", "cros"],
            "error: there is no filter `cros` in the pipeline `main`\n  = help: did you mean `cors`?\n",
        ),
        (
            &["add", "mian", "id"],
            "error: there is no pipeline `mian` in api-paste.ini\n  = help: did you mean `main`?\n",
        ),
    ] {
        assert_eq!(edit(&site, words), (Some(4), expected.to_owned()));
    }
    assert_eq!(file(&site), FILE);
}

#[test]
fn a_change_that_breaks_the_file_is_refused() {
    let site = Site::new(FILE);
    let (code, said) = edit(&site, &["add", "main", "idd"]);
    assert_eq!(code, Some(4));
    assert!(said.starts_with("error: nothing was changed"), "{said}");
    assert!(said.contains("there is no [filter:idd] in api-paste.ini"), "{said}");
    let (code, said) = edit(&site, &["set", "app:app", "status", "teapot"]);
    assert_eq!(code, Some(4), "{said}");
    assert_eq!(file(&site), FILE);
}

#[test]
fn a_dry_run_shows_and_changes_nothing() {
    let site = Site::new(FILE);
    let (code, said) = edit(&site, &["--dry-run", "remove", "main", "cors"]);
    assert_eq!(code, Some(0));
    assert!(said.contains("\n pipeline =\n-    cors\n     app\n"), "{said}");
    assert_eq!(file(&site), FILE);
    let ran = site.run(&["edit", "api-paste.ini", "remove", "main", "cors", "--json"]);
    assert_eq!((ran.json()["changed"].as_bool(), ran.code), (Some(true), Some(0)));
    assert_eq!(file(&site), FILE.replace("    cors\n", ""));
}

#[test]
fn changes_at_the_same_time_are_all_made() {
    let site = Site::new(FILE);
    thread::scope(|scope| {
        for at in 0..6 {
            let site = &site;
            scope.spawn(move || edit(site, &["set", "filter:theirs", &format!("k{at}"), "v"]));
        }
    });
    let text = file(&site);
    assert!((0..6).all(|at| text.contains(&format!("\nk{at} = v\n"))), "{text}");
}

#[test]
fn a_wrong_command_line_changes_nothing() {
    let site = Site::new(FILE);
    for words in [
        &["set", "filter:cors", "use"][..],
        &["move", "main", "cors"],
        &["move", "main", "cors", "--before", "a", "--after", "b"],
        &["bake"],
    ] {
        assert_eq!(edit(&site, words).0, Some(2), "{words:?}");
    }
    assert_eq!(site.run(&["edit", "none.ini", "unset", "a", "b"]).code, Some(4));
    assert_eq!(file(&site), FILE);
}
