use impasto::Source;

use super::*;

/// Every form that INI tools mangle.
const FILE: &str = "\u{feff}; top\r
[DEFAULT]\r
  debug=on\r
\r
[composite:main]   # mounts\r
use = egg:impasto#urlmap\r
/ : home\r
# the API\r
/v2: api ; no comment\r
\r
[pipeline:api]\r
pipeline =\r
    cors\r
    # what people look for\r
    id   \r
\r
    app\r
\r
[pipeline:home]\r
pipeline = cors  id\tapp\r
";

fn text(text: &str) -> Text {
    Text::new(Source::new("x.ini", text))
}

fn run(file: &str, words: &str) -> Result<String, String> {
    let words: Vec<&str> = words.split(' ').collect();
    let pipeline = |name: &str| match name.split_once('/') {
        Some((name, choice)) => Pipeline { name: name.into(), choice: Some(choice.into()) },
        None => Pipeline { name: name.into(), choice: None },
    };
    let beside = |words: &[&str]| match words {
        ["before", filter] => Some(Beside::Before((*filter).into())),
        ["after", filter] => Some(Beside::After((*filter).into())),
        _ => None,
    };
    let command = match words[..] {
        ["set", section, key, value] => Command::Set {
            section: section.into(),
            key: key.replace('+', " "),
            value: value.replace('+', " ").replace('|', "\n"),
            create: false,
        },
        ["create", section, key, value] => Command::Set {
            section: section.into(),
            key: key.into(),
            value: value.into(),
            create: true,
        },
        ["unset", section, key] => Command::Unset { section: section.into(), key: key.into() },
        ["add", name, filter, ref at @ ..] => {
            Command::Add { pipeline: pipeline(name), filter: filter.into(), at: beside(at) }
        }
        ["remove", name, filter] => {
            Command::Remove { pipeline: pipeline(name), filter: filter.into() }
        }
        ["move", name, filter, ref at @ ..] => Command::Move {
            pipeline: pipeline(name),
            filter: filter.into(),
            at: beside(at).unwrap(),
        },
        ["rename", section, to] => Command::Rename { section: section.into(), to: to.into() },
        _ => panic!("{words:?}"),
    };
    let old = text(file);
    let new = command.apply(&old).map_err(|error| error.to_string())?;
    Ok(new.as_str().to_owned())
}

/// What became of lines, without those that stayed: `-old` and `+new`.
fn lines(file: &str, words: &str) -> String {
    let new = run(file, words).unwrap_or_else(|error| panic!("{words}: {error}"));
    let diff = similar::TextDiff::from_lines(file, &new);
    let changes = diff.iter_all_changes().filter(|change| change.tag().to_string() != " ");
    changes.map(|change| format!("{}{}", change.tag(), change.value())).collect()
}

#[test]
fn one_option_is_one_line() {
    for (words, expected) in [
        ("set DEFAULT debug off", "-  debug=on\r\n+  debug=off\r\n"),
        ("set composite:main / start", "-/ : home\r\n+/ : start\r\n"),
        ("set composite:main /v2 other", "-/v2: api ; no comment\r\n+/v2: other\r\n"),
        ("set DEFAULT level 3", "+  level=3\r\n"),
        ("set composite:main /v3 api", "+/v3: api\r\n"),
        ("unset composite:main /", "-/ : home\r\n"),
        ("unset DEFAULT debug", "-  debug=on\r\n"),
    ] {
        assert_eq!(lines(FILE, words), expected, "{words}");
    }
}

#[test]
fn an_option_keeps_its_lines() {
    let file = "[s]\nk = a\n  b\n  # c\n  d\nl = 1\n";
    for (words, expected) in [
        ("set s k a|b|e", "-  d\n+  e\n"),
        ("set s k a|x|d", "-  b\n+  x\n"),
        ("set s k a|b|d|e", "+  e\n"),
        ("set s k a|d", "-  b\n"),
        ("set s k z", "-k = a\n-  b\n+k = z\n-  d\n"),
        ("set s k |b|d", "-k = a\n+k =\n"),
        ("set s l 1|2", "+    2\n"),
        ("set s l ", "-l = 1\n+l =\n"),
        ("unset s k", "-k = a\n-  b\n-  d\n"),
        ("set s m x|y", "+m = x\n+    y\n"),
    ] {
        assert_eq!(lines(file, words), expected, "{words}");
    }
    assert_eq!(run("[s]\nk =", "set s k v").unwrap(), "[s]\nk = v");
    assert_eq!(run("[s]\nk:", "set s k v|w").unwrap(), "[s]\nk: v\n    w");
    assert_eq!(run("[s]\nk = v", "set s l w").unwrap(), "[s]\nk = v\nl = w");
    assert_eq!(run("[s]", "set s l w").unwrap(), "[s]\nl = w");
    assert_eq!(run("[s]\nk = v\n", "create t l w").unwrap(), "[s]\nk = v\n\n[t]\nl = w\n");
    assert_eq!(run("", "create t l w").unwrap(), "[t]\nl = w\n");
}

#[test]
fn what_is_already_so_is_not_touched() {
    for words in [
        "set DEFAULT debug on",
        "set composite:main /v2 api+;+no+comment",
        "set pipeline:api pipeline |cors|id||app",
        "add api id",
        "add home cors --before id",
        "add home id after cors",
        "move home cors before id",
        "move api id before app",
        "rename pipeline:api api",
        "rename pipeline:api pipeline:api",
    ] {
        assert_eq!(run(FILE, words).as_deref(), Ok(FILE), "{words}");
    }
}

#[test]
fn pipelines_keep_their_form() {
    for (words, expected) in [
        ("add api x", "+    x\r\n"),
        ("add api x before cors", "+    x\r\n"),
        ("remove api cors", "-    cors\r\n"),
        ("remove api id", "-    id   \r\n"),
        ("move api id before cors", "+    id\r\n-    id   \r\n"),
        ("add home x", "-pipeline = cors  id\tapp\r\n+pipeline = cors  id\tx app\r\n"),
        ("add home x after cors", "-pipeline = cors  id\tapp\r\n+pipeline = cors x  id\tapp\r\n"),
        ("remove home cors", "-pipeline = cors  id\tapp\r\n+pipeline = id\tapp\r\n"),
        ("move home id before cors", "-pipeline = cors  id\tapp\r\n+pipeline = id cors  app\r\n"),
    ] {
        assert_eq!(lines(FILE, words), expected, "{words}");
    }
    let hanging = "[pipeline:p]\npipeline = a\n           b\n           app\n";
    for (words, expected) in [
        ("add p x before a", "-pipeline = a\n+pipeline = x\n+           a\n"),
        ("add p x after a", "+           x\n"),
        ("remove p a", "-pipeline = a\n+pipeline =\n"),
        ("move p b before a", "-pipeline = a\n-           b\n+pipeline = b\n+           a\n"),
    ] {
        assert_eq!(lines(hanging, words), expected, "{words}");
    }
    let wrapped = "[pipeline:p]\npipeline = a b\n    c app\n";
    assert_eq!(lines(wrapped, "remove p b"), "-pipeline = a b\n+pipeline = a\n");
    assert_eq!(lines(wrapped, "add p x before c"), "-    c app\n+    x c app\n");
    assert_eq!(
        lines("[pipeline:p]\npipeline = a b a app\n", "remove p a"),
        "-pipeline = a b a app\n+pipeline = b app\n"
    );
}

#[test]
fn composites_have_pipelines_too() {
    let one = "[composite:c]\nuse = call:nova.api.auth:pipeline_factory\nkeystone = a b app\n";
    assert_eq!(lines(one, "add c x before b"), "-keystone = a b app\n+keystone = a x b app\n");
    let two = format!("{one}noauth: a app\n");
    assert_eq!(lines(&two, "remove c a"), "-keystone = a b app\n+keystone = b app\n");
    assert_eq!(lines(&two, "remove c/noauth a"), "-noauth: a app\n+noauth: app\n");
    let none = two.replace("keystone", "other");
    let refused = run(&none, "remove c a").unwrap_err();
    assert_eq!(refused, "[composite:c] has several pipelines: other, noauth");
}

#[test]
fn names_that_are_not_there_are_told_with_the_nearest() {
    let error = |words: &str| run(FILE, words).unwrap_err();
    assert_eq!(error("set pipline:api k v"), "there is no [pipline:api] in x.ini");
    assert_eq!(error("unset DEFAULT debg"), "there is no `debg` in [DEFAULT]");
    assert_eq!(error("add ap x"), "there is no pipeline `ap` in x.ini");
    assert_eq!(error("remove api cros"), "there is no filter `cros` in the pipeline `api`");
    assert_eq!(error("remove api app"), "`app` is the app of the pipeline `api`, and no filter");
    assert_eq!(error("add api x after app"), error("remove api app"));
    assert!(error("add api cors before app").contains("at another place"));
    assert!(error("rename pipeline:api home").contains("[pipeline:home] is already there"));
    let near = |name: &str| text(FILE).section(name).unwrap_err().help().unwrap();
    assert_eq!(near("pipline:api"), "did you mean `pipeline:api`?");
    assert_eq!(near("api"), "did you mean `pipeline:api`?");
}

#[test]
fn what_no_line_can_say_is_refused() {
    for words in [
        "set DEFAULT a:b v",
        "set DEFAULT #a v",
        "set DEFAULT [a v",
        "set DEFAULT + v",
        "set DEFAULT a v|#w",
        "set DEFAULT a v\rw",
        "create \t a v",
        "create a\nb a v",
        "add api #x",
        "add api a\tb",
        "rename DEFAULT x",
        "rename pipeline:api a\nb",
    ] {
        let refused = run(FILE, words).unwrap_err();
        assert!(refused.contains("cannot be written"), "{words}: {refused}");
    }
}

#[test]
fn a_new_name_is_said_everywhere() {
    let file = "\
[composite:main]
use = egg:Paste#urlmap
/a = a
/b = a b
[composite:mine]
paste.composite_factory = mine:factory
one = f a
two = a what
[composite:cascade]
use = egg:Paste#cascade
catch = a
1 = a
[pipeline:p]
pipeline = f a
    # f
    a
[app:a]
use = a2
filter-with = f
a = a
[app:a2]
use = egg:x
[filter-app:fa]
use = f
next = a
[filter:f]
use = g
[filter:a]
[loggers]
keys = a
[test:t]
passes = f
app = a
";
    assert_eq!(
        lines(file, "rename app:a new"),
        "\
-/a = a
+/a = new
-one = f a
+one = f new
-1 = a
+1 = new
-    a
-[app:a]
+    new
+[app:new]
-next = a
+next = new
-app = a
+app = new
"
    );
    assert_eq!(
        lines(file, "rename filter:f filter:other"),
        "\
-one = f a
+one = other a
-pipeline = f a
+pipeline = other a
-filter-with = f
+filter-with = other
-use = f
+use = other
-[filter:f]
+[filter:other]
-passes = f
+passes = other
"
    );
    assert_eq!(lines(file, "rename loggers handlers"), "-[loggers]\n+[handlers]\n");
}
