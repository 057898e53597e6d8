use crate::support::Site;

const FINE: &str = "\
[pipeline:main]
pipeline = id app

[filter:id]
use = egg:impasto#request_id

[app:app]
use = egg:impasto#respond
";

#[test]
fn a_file_without_problems_is_said_to_be_one() {
    let site = Site::new(FINE);
    let ran = site.run(&["check"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "no problems in api-paste.ini\n"));
    assert_eq!(ran.err, "");
    assert_eq!(site.run(&["check", "--json"]).out, "[]\n");
}

#[test]
fn everything_wrong_is_shown_with_a_summary() {
    let site = Site::new(&format!(
        "[DEFAULT]\ndebug = on\n{FINE}\ndebug = off\nbdy = x\n[app:x]\nuse = egg:acme#x\n"
    ));
    let ran = site.run(&["check"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(4), ""));
    for part in [
        "error[unknown-setting]",
        "error[unknown-factory]",
        "warning[hidden-by-default]",
        "warning[unused-section]",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(ran.err.ends_with("\n\n2 errors, 2 warnings in api-paste.ini\n"), "{}", ran.err);
    assert!(!ran.err.contains('\x1b'), "no colours where nobody sees them");
}

#[test]
fn json_is_one_array_on_standard_output() {
    let site = Site::new("[app:main]\nuse = egg:Acme#thing\n");
    for words in [&["check", "--json"][..], &["check", "--format", "json"]] {
        let ran = site.run(words);
        assert_eq!((ran.code, ran.err.as_str()), (Some(4), ""));
        let problems = ran.json();
        assert_eq!(problems.as_array().map(Vec::len), Some(1));
        let problem = &problems[0];
        assert_eq!(problem["severity"], "error");
        assert_eq!(problem["code"], "unknown-factory");
        assert_eq!(problem["reference"], "egg:Acme#thing");
        assert_eq!(problem["file"], "api-paste.ini");
        assert_eq!((&problem["line"], &problem["column"]), (&2.into(), &7.into()));
        assert_eq!((&problem["section"], &problem["key"]), (&"app:main".into(), &"use".into()));
    }
}

#[test]
fn warnings_alone_are_fine_unless_denied() {
    let site = Site::new(&format!("{FINE}\n[filter:idle]\nuse = id\n"));
    let ran = site.run(&["check"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.ends_with("1 warning in api-paste.ini\n"), "{}", ran.err);
    assert_eq!(site.run(&["check", "--deny", "warnings"]).code, Some(4));
    assert_eq!(site.run(&["check", "--deny", "warnings", "--json"]).code, Some(4));
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_like_any_other() {
    let site = Site::new("no = section\n[app:main]\nnonsense\n");
    let ran = site.run(&["check", "--json"]);
    assert_eq!(ran.code, Some(4));
    let codes: Vec<_> =
        ran.json().as_array().unwrap().iter().map(|problem| problem["code"].clone()).collect();
    assert_eq!(codes, ["no-section-header", "no-delimiter"]);
    let ran = site.run(&["check", "none.ini", "--json"]);
    assert_eq!((ran.code, &ran.json()[0]["code"]), (Some(4), &"unreadable-file".into()));
}

#[test]
fn globals_of_the_caller_count() {
    let site = Site::new("[app:main]\nuse = egg:impasto#respond\nget body = greeting\n");
    assert_eq!(site.run(&["check"]).code, Some(4));
    assert_eq!(site.run(&["check", "greeting=hello"]).code, Some(0));
}

#[test]
fn other_tools_have_forms_of_their_own() {
    let site = Site::new(&format!("{FINE}\n[filter:idle]\nuse = id\n"));
    let ran = site.run(&["check", "--format", "github"]);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.out.starts_with("::warning file=api-paste.ini,line=10,endLine=10,col=2,endColumn=13,"),
        "{}",
        ran.out
    );
    let ran = site.run(&["check", "--format", "sarif", "--deny", "warnings"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(4), ""));
    let results = ran.json()["runs"][0]["results"].clone();
    assert_eq!(results.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&results[0]["ruleId"], &results[0]["level"]),
        (&"unused-section".into(), &"warning".into())
    );
}

#[test]
fn a_warning_that_is_meant_so_is_denied_no_more() {
    let allowed = "# impasto: allow unused-section kept for the summer\n[filter:idle]\nuse = id\n";
    let site = Site::new(&format!("{FINE}\n{allowed}"));
    assert_eq!(site.run(&["check", "--deny", "warnings"]).code, Some(0));
}

#[test]
fn what_nova_s_options_say_is_checked_whatever_is_served() {
    let apps = "[app:one]\nuse = egg:impasto#respond\n[app:two]\nuse = one\n";
    for (defaults, code, says) in [
        ("enabled_apis = one,\n  tow\n", 0, &["warning[", "names `tow`", ":3:3", "mean `two`"][..]),
        (
            "enabled_apis = one\nenabled_ssl_apis = gone\n",
            0,
            &["warning[", "names `gone`", ":3:20"],
        ),
        ("enabled_apis = x y\n", 4, &["error[", "has none of the apps", ":2:16"]),
        (
            "two_workers = 0\n",
            4,
            &["`two_workers = 0`: it must be a whole number from 1 to 4096", ":2:15"],
        ),
        ("two_workers = 0\none_listen_port = x\n", 4, &["`two_workers", "`one_listen_port"]),
        ("enabled_ssl_apis = two\n", 4, &["`two` is to be encrypted", ":2:20"]),
        ("three_workers = 0\nenabled_apis = one two\n", 0, &[]),
    ] {
        let ran = Site::new(&format!("[DEFAULT]\n{defaults}{apps}")).run(&["check"]);
        assert_eq!(ran.code, Some(code), "{}", ran.err);
        assert_eq!(ran.err.is_empty(), says.is_empty(), "{}", ran.err);
        assert!(says.iter().all(|says| ran.err.contains(says)), "{says:?} {}", ran.err);
    }
}
