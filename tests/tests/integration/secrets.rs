//! What comes from the environment or a secret file is never shown and never read again.

use std::path::Path;
use std::process::Command;

use impasto::{Group, Loader, Value};

/// A text that would be an error if it were interpolated.
const SECRET: &str = "canary-50%-%(nothing)s";

fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: &str| {
        std::fs::write(directory.path().join(name), text).expect("writable");
    };
    write("token", &format!("{SECRET}\n"));
    write(
        "main.ini",
        "[DEFAULT]\n\
         password = %(file:token)s\n\
         [app:main]\n\
         use = config:inner.ini#main\n\
         body = before %(password)s after\n\
         [app:direct]\n\
         use = egg:impasto#respond\n\
         set url = http://user:%(file:token)s@host\n\
         get body = url\n\
         [app:wrong]\n\
         use = egg:impasto#respond\n\
         status = %(file:token)s\n\
         [app:unknown]\n\
         use = egg:impasto#respond\n\
         bodi = %(file:token)s\n\
         [app:refused]\n\
         use = egg:impasto#static\n\
         root = /nowhere/%(file:token)s\n\
         [server:main]\n\
         use = egg:impasto#http\n\
         port = %(file:token)s\n",
    );
    write("inner.ini", "[app:main]\nuse = egg:impasto#respond\nstatus = 201\n");
    directory
}

fn open(directory: &Path) -> Loader {
    Loader::open(directory.join("main.ini")).expect("the file is right")
}

fn assert_masked(shown: &str) {
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn factories_see_it_as_it_is() {
    let directory = directory();
    let loader = open(directory.path());
    let local = |name: &str| {
        let context = loader.context(Group::App, name).expect("resolves");
        context.local_conf().text("body").map(str::to_owned)
    };
    // Also where it is a default of a file that another refers to, which PasteDeploy reads again.
    assert_eq!(local("main"), Some(format!("before {SECRET} after")));
    assert_eq!(local("direct"), Some(format!("http://user:{SECRET}@host")));
    let globals = loader.context(Group::App, "main").expect("resolves");
    assert_eq!(globals.global_conf().text("password"), Some(SECRET));
}

#[test]
fn nobody_else_sees_it() {
    let directory = directory();
    let loader = open(directory.path());
    for expand in [false, true] {
        assert_masked(&serde_json::to_string(&loader.json(expand)).expect("it is written"));
    }
    for name in ["main", "direct", "wrong", "unknown", "refused"] {
        let context = loader.context(Group::App, name).expect("resolves");
        assert_masked(&format!("{context:?}"));
        assert_masked(&format!("{:#?}", context.config()));
    }
    let problems = loader.check();
    assert_eq!(problems.iter().filter(|problem| problem.key.is_some()).count(), 4, "{problems}");
    assert_masked(&problems.to_string());
    assert_masked(&problems.to_json().to_string());
    assert_masked(&format!("{problems:?}"));
    let main = loader.context(Group::App, "main").expect("resolves");
    assert_eq!(main.local_conf().get("body").map(Value::shown), Some(Value::MASK));
}

#[test]
fn the_commands_do_not_show_it() {
    let directory = directory();
    let file = directory.path().join("main.ini");
    std::fs::write(
        &file,
        "[app:main]\nuse = egg:impasto#respond\nbody = %(env:IMPASTO_CANARY)s\nstatus = %(env:IMPASTO_CANARY)s\n",
    )
    .expect("writable");
    for words in
        [&["check"][..], &["check", "--json"], &["resolve"], &["resolve", "--json"], &["serve"]]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_impasto-tests"))
            .args(words)
            .arg(&file)
            .env("IMPASTO_CANARY", SECRET)
            .env("IMPASTO_LOG", "trace")
            .output()
            .expect("the command runs");
        assert_masked(&String::from_utf8_lossy(&output.stdout));
        assert_masked(&String::from_utf8_lossy(&output.stderr));
    }
}

/// A section for every place in which a secret can stand as a name; `@` is where.
const NAMES: &str = "\
[app:factory]
use = egg:impasto#@
[app:package]
use = egg:@#main
[app:linked]
use = egg:impasto#%(env:IMPASTO_LINKED)s
[app:section]
use = @
[app:scheme]
use = @:x
[app:file]
use = config:@.ini
[app:explicit]
paste.app_factory = @:main
[app:no-reference]
paste.app_factory = @ @
[app:required]
use = egg:impasto#debug
require = @
[app:filtered]
use = egg:impasto#debug
filter-with = @
[app:global]
use = egg:impasto#respond
get body = @
[pipeline:items]
pipeline = @ linked
[filter-app:next]
use = egg:impasto#cors
next = @
[composite:map]
use = egg:impasto#urlmap
/ = @
[composite:choice]
use = egg:impasto#pipeline_factory
auth_strategy = @
keystone = linked
";

#[test]
fn a_name_is_masked_as_a_value_is() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("main.ini");
    std::fs::write(directory.path().join("name"), "canary").expect("writable");
    for secret in ["%(env:IMPASTO_CANARY)s", "%(file:name)s"] {
        std::fs::write(&file, NAMES.replace('@', secret)).expect("writable");
        for words in [
            &["check"][..],
            &["check", "--format", "json"],
            &["resolve"],
            &["resolve", "--expand"],
            &["resolve", "--json", "--expand"],
            &["serve"],
        ] {
            let output = Command::new(env!("CARGO_BIN_EXE_impasto-tests"))
                .args(words)
                .arg(&file)
                .env("IMPASTO_CANARY", "canary")
                .env("IMPASTO_LINKED", "debug")
                .output()
                .expect("the command runs");
            let shown = [output.stdout, output.stderr].concat();
            let shown = String::from_utf8_lossy(&shown);
            assert!(shown.len() > 50, "{words:?} says nothing: {shown}");
            assert_masked(&shown);
        }
    }
    // All of them are there to be found: only what is linked is right.
    let problems = Loader::open(&file).expect("the file is right").check();
    let sections: std::collections::HashSet<_> =
        problems.iter().filter_map(|problem| problem.section.as_deref()).collect();
    assert_eq!(sections.len(), NAMES.matches('[').count(), "{problems}");
}
