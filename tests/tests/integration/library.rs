//! What a program does with a file.

use std::path::Path;

use impasto::{Code, Group, Loader, Origin, Rule, app_config, load_app, load_filter, load_server};

/// A directory with two files.
fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(
        directory.path().join("outer.ini"),
        "[DEFAULT]\ncolour = red\n\
         [app:main]\nuse = config:inner.ini#hello\nset level = 3\nget shade = colour\n\
         content_type = text/html\n\
         [filter:id]\nuse = egg:impasto#request_id\n\
         [server:main]\nuse = egg:impasto#http\nport = 0\n",
    )
    .expect("writable");
    std::fs::write(
        directory.path().join("inner.ini"),
        "[app:hello]\nuse = egg:impasto#respond\nbody = hello\n",
    )
    .expect("writable");
    directory
}

fn uri(directory: &Path) -> String {
    format!("config:{}/outer.ini", directory.display())
}

#[test]
fn objects_are_loaded_by_uri() {
    let directory = directory();
    let uri = uri(directory.path());
    let problems = load_app(&uri, None).unwrap_err();
    assert_eq!(problems.0[0].code, Code::UnknownSetting, "{problems}");
    assert!(load_app(&format!("config:{}/inner.ini", directory.path().display()), "hello").is_ok());
    assert!(load_app("egg:impasto#respond", None).is_ok());
    assert!(load_filter(&uri, "id").is_ok());
    assert!(load_server(&uri, None).is_ok());
    assert_eq!(load_filter(&uri, "idd").unwrap_err().0[0].help, ["did you mean `id`?"]);
    assert_eq!(load_app("respond", None).unwrap_err().0[0].code, Code::NoScheme);
    let config = app_config(&uri, None).unwrap();
    assert_eq!((config.text("body"), config.text("level")), (Some("hello"), Some("3")));
}

#[test]
fn every_value_knows_where_it_came_from() {
    let directory = directory();
    let loader = Loader::open_with(directory.path().join("outer.ini"), [("who", "me")]).unwrap();
    let context = loader.context(Group::App, "main").unwrap();
    let of = |origin: &Origin| {
        let place = origin.value_place();
        let file = place.as_ref().map(|place| place.file().rsplit('/').next().unwrap().to_owned());
        (origin.rule(), origin.section().map(str::to_owned), file, place.map(|place| place.line()))
    };
    let written = |rule, section: &str, file: &str, line| {
        (rule, Some(section.to_owned()), Some(file.to_owned()), Some(line))
    };
    let local = |name: &str| of(context.local_conf().get(name).unwrap().origin());
    let global = |name: &str| of(context.global_conf().get(name).unwrap().origin());
    assert_eq!(local("body"), written(Rule::Own, "app:hello", "inner.ini", 3));
    assert_eq!(local("content_type"), written(Rule::Own, "app:main", "outer.ini", 7));
    assert_eq!(local("shade"), written(Rule::Get, "app:main", "outer.ini", 6));
    assert_eq!(global("level"), written(Rule::Set, "app:main", "outer.ini", 5));
    assert_eq!(global("colour"), written(Rule::Default, "DEFAULT", "outer.ini", 2));
    assert_eq!(global("who"), (Rule::Caller, None, None, None));
    assert_eq!(global("here"), (Rule::Loader, None, None, None));
}

#[test]
fn a_file_is_read_once() {
    let directory = directory();
    let loader = Loader::open(directory.path().join("outer.ini")).unwrap();
    let body = || {
        let context = loader.context(Group::App, "main").unwrap();
        context.local_conf().text("body").map(str::to_owned)
    };
    assert_eq!(body().as_deref(), Some("hello"));
    for name in ["outer.ini", "inner.ini"] {
        std::fs::write(directory.path().join(name), "no longer\n").unwrap();
    }
    assert_eq!(body().as_deref(), Some("hello"));
    let names: Vec<_> = loader
        .files()
        .iter()
        .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
        .collect();
    assert_eq!(names, ["inner.ini", "outer.ini"]);
}
