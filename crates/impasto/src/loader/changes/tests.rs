use super::*;
use crate::loader::snapshot::Snapshot;

/// The differences between two texts of one file, without places.
fn changes(old: &str, new: &str) -> String {
    let open = |text: &str| {
        let snapshot = Snapshot::default().with("/nowhere/a.ini", text);
        let none = std::iter::empty::<(&str, &str)>();
        Loader::open_snapshot(snapshot, "/nowhere/a.ini", none).unwrap()
    };
    let changes = open(new).changes_since(&open(old));
    let plain = changes.0.into_iter().map(|change| Change { old: None, new: None, ..change });
    Changes(plain.collect()).to_string()
}

#[test]
fn nothing_is_nothing() {
    let text = "[app:main]\nuse = egg:x\na = 1\nb = 2\n[app:b]\nuse = egg:y\n";
    let other = "# a word\n[app:b]\nuse : egg:y\n\n[app:main]\nb=2\nuse =\n  egg:x\na = 1\n";
    assert_eq!(changes(text, &format!("# a word\n\n{text}")), "");
    let expected = "  [app:main] use: \"egg:x\" -> \"\\negg:x\"";
    assert_eq!(changes(text, other), expected, "a name with a line break is another name");
}

#[test]
fn sections_and_settings_come_go_and_change() {
    let old = "[app:a]\nuse = egg:x\nlevel = 1\nold = 1\n[app:b]\nuse = egg:x\n";
    let new = "[app:a]\nuse = egg:x\nlevel = 2\nnew = 1\n[app:c]\nuse = egg:x\n";
    assert_eq!(
        changes(old, new),
        "- [app:b]\n  [app:a] level: \"1\" -> \"2\"\n  [app:a] + new = \"1\"\n  \
         [app:a] - old = \"1\"\n+ [app:c]"
    );
}

#[test]
fn what_counts_is_what_a_value_comes_to() {
    let file = |default: &str, own: &str| {
        format!("[DEFAULT]\n{default}\n[app:main]\nuse = egg:x\n{own}\n[app:b]\nuse = main\n")
    };
    assert_eq!(changes(&file("a = 1", "b = %(a)s"), &file("a = 1", "b = 1")), "");
    assert_eq!(changes(&file("a = 1", "a = 5"), &file("a = 1", "a = 6")), "", "it is hidden");
    assert_eq!(
        changes(&file("a = 1", "b = %(a)s0"), &file("a = 2", "b = %(a)s0")),
        "  [DEFAULT] a: \"1\" -> \"2\"\n  [app:main] b: \"10\" -> \"20\""
    );
}

#[test]
fn another_way_to_say_the_same_is_no_change() {
    let old = "[app:a]\nuse = egg:x\nlevel = 1\n[app:b]\nuse = a\n";
    let new = "[app:a]\nuse = egg:x\nlevel = 1\n[app:b]\nuse = egg:x\nlevel = 1\n";
    assert_eq!(changes(old, new), "");
}

#[test]
fn filters_come_go_and_move() {
    let pipeline = |parts: &str| format!("[pipeline:main]\npipeline = {parts}\n");
    assert_eq!(
        changes(&pipeline("a b c d app"), &pipeline("b c a e app2")),
        "  [pipeline:main] - d\n  [pipeline:main] + e before app2\n  \
         [pipeline:main] moved a before e\n  [pipeline:main] app: app -> app2"
    );
    let added = changes(&pipeline("a b a app"), &pipeline("a b a c app"));
    assert_eq!(added, "  [pipeline:main] + c before app");
    let removed = changes(&pipeline("a b a app"), &pipeline("a b app"));
    assert_eq!(removed, "  [pipeline:main] - a");
}

#[test]
fn composites_have_mounts_and_pipelines() {
    let map = |mounts: &str| {
        format!("[composite:c]\nuse = egg:Paste#urlmap\n{mounts}\n[app:x]\nuse = egg:x\n")
    };
    assert_eq!(
        changes(&map("/ = a\n/v1 = x"), &map("/v2: x\n/ = b")),
        "  [composite:c] + /v2: x\n  [composite:c] /: a -> b\n  [composite:c] - /v1: x"
    );
    let factory = |choices: &str| {
        format!("[composite:c]\nuse = call:nova.api.auth:pipeline_factory\n{choices}\n")
    };
    assert_eq!(
        changes(&factory("keystone = a app\nnoauth = app"), &factory("keystone = a b app")),
        "  [composite:c] keystone + b before app\n  [composite:c] - noauth = \"app\""
    );
}

#[test]
fn the_order_of_options_counts_where_the_first_that_holds_is_taken() {
    let section = |reference: &str, mounts: &[&str]| {
        let mounts: String = mounts.iter().map(|mount| format!("{mount} = x\n")).collect();
        format!("[composite:c]\nuse = {reference}\n{mounts}default = x\n[app:x]\nuse = egg:x\n")
    };
    let of_match = |mounts: &[&str]| section("egg:impasto#match", mounts);
    let old = of_match(&["method GET", "path /a*", "path /b"]);
    assert_eq!(
        changes(&old, &of_match(&["path /a*", "path /b", "method GET"])),
        "  [composite:c] moved method GET to the end"
    );
    assert_eq!(
        changes(&old, &of_match(&["method GET", "path /b", "path /c", "path /a*"])),
        "  [composite:c] + path /c: x\n  [composite:c] moved path /b before path /c"
    );
    let late_default = old.replace("default = x\n", "").replacen("use", "default = x\nuse", 1);
    assert_eq!(changes(&old, &late_default), "", "a default is asked last wherever it stands");
    let map = |mounts: &[&str]| section("egg:Paste#urlmap", mounts);
    assert_eq!(changes(&map(&["/a", "/b"]), &map(&["/b", "/a"])), "");
}

#[test]
fn secrets_are_not_shown() {
    let file = |word: &str| {
        format!("[app:a]\nuse = egg:x\ndb_password = {word}\nurl = db://me:{word}@host\n")
    };
    let shown = changes(&file("one"), &file("two"));
    assert_eq!(shown, "  [app:a] db_password changed\n  [app:a] url changed");
    for (option, value, is_secret) in [
        ("api_key", "abc", true),
        ("tls_key", "/etc/key", false),
        ("tls_key", "here.pem", false),
        ("keystone", "auth app", false),
        ("/v3/auth/tokens", "app", false),
        ("http://a.example/tokens", "app", false),
        ("admin_token", "/abc", true),
    ] {
        assert_eq!(super::looks_secret(option, value), is_secret, "{option} = {value}");
    }
}

#[test]
fn a_change_has_its_places() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    };
    let main = |level: &str| {
        format!("[app:main]\nuse = config:base.ini\npath = %(here)s/x\nlevel = {level}\n")
    };
    let old = write("old/a.ini", &main("1"));
    let new = write("new/a.ini", &format!("\n{}", main("2")));
    write("old/base.ini", "[app:main]\nuse = egg:x\nroot = 1\n");
    write("new/base.ini", "[app:main]\nuse = egg:x\nroot = 2\n");
    let open = |path: &std::path::Path| {
        let loader = Loader::open(path).unwrap();
        loader.context(crate::registry::Group::App, "main").unwrap();
        loader
    };
    let changes = open(&new).changes_since(&open(&old));
    let place = |path: &std::path::Path, line: usize| format!("{}:{line}", path.display());
    let base = |directory: &std::path::Path| directory.with_file_name("base.ini");
    assert_eq!(
        changes.to_string(),
        format!(
            "  [app:main] level: \"1\" -> \"2\"  ({}, {})\n  \
             [app:main] root: \"1\" -> \"2\"  ({}, {})",
            place(&old, 4),
            place(&new, 5),
            place(&base(&old), 3),
            place(&base(&new), 3)
        )
    );
}
