//! Files that have no answer in PasteDeploy, for want of time, memory or stack.

use std::fmt::Write;
use std::fs;

use impasto_tests::oracle::Question;
use serde_json::Value;

use crate::in_time::ours_in_time;

#[test]
fn a_long_chain_of_uses_resolves() {
    let mut text = String::new();
    for number in 0..300 {
        let _ = writeln!(text, "[app:{number}]\nuse = {}\nx = {number}", number + 1);
    }
    text.push_str("[app:300]\nuse = egg:End\n[app:main]\nuse = 0\n");
    let main = &answer(&text)["entries"]["app:main"];
    assert_eq!(main["create"], "egg:End#main", "{main:.300}");
    assert_eq!(main["ok"]["local_conf"]["x"], "0");
}

#[test]
fn cycles_are_errors() {
    for text in [
        "[app:main]\nuse = main\n",
        "[app:main]\nuse = config:main.ini\n",
        "[app:main]\nuse = config:./main.ini#main\nset x = 1\n",
        "[app:main]\nuse = a\n[app:a]\nuse = b\n[app:b]\nuse = a\n",
        "[pipeline:main]\npipeline = main\n",
        "[filter-app:main]\nuse = egg:F\nnext = main\n",
        "[app:main]\nuse = egg:A\nfilter-with = f\n[filter:f]\nuse = egg:F\nfilter-with = f\n",
    ] {
        let main = &answer(text)["entries"]["app:main"];
        assert!(main.get("error").is_some(), "{text}{main:.300}");
    }
}

#[test]
fn a_composite_inside_itself_gets_an_answer() {
    answer("[composite:main]\nuse = egg:Paste#urlmap\n/ = main\n/a = main\n");
    answer("[composite:main]\nuse = egg:Paste#urlmap\n/ = p\n[pipeline:p]\npipeline = main\n");
}

#[test]
fn trees_that_double_at_every_step_get_an_answer() {
    let mut filters = String::from("[app:main]\nuse = egg:A\nfilter-with = f0\n");
    let mut pipelines = String::from("[pipeline:main]\npipeline = f0 f0 egg:A\n");
    let mut mounts = String::from("[composite:main]\nuse = egg:Paste#urlmap\n/a = 0\n/b = 0\n");
    for number in 0..60 {
        let next = number + 1;
        let _ = writeln!(filters, "[filter:f{number}]\nuse = f{next}\nfilter-with = f{next}");
        let _ = writeln!(pipelines, "[filter:f{number}]\nuse = f{next}\nfilter-with = f{next}");
        let mount = "use = egg:Paste#urlmap";
        let _ = writeln!(mounts, "[composite:{number}]\n{mount}\n/a = {next}\n/b = {next}");
    }
    filters.push_str("[filter:f60]\nuse = egg:F\n");
    pipelines.push_str("[filter:f60]\nuse = egg:F\n");
    mounts.push_str("[app:60]\nuse = egg:A\n");
    for text in [filters, pipelines, mounts] {
        answer(&text);
    }
}

#[test]
fn values_that_grow_at_every_step_get_an_answer() {
    let mut text = String::from("[app:main]\nuse = egg:A\nv0 = x\n");
    for number in 0..9 {
        let reference = format!("%(v{number})s");
        let _ = writeln!(text, "v{} = {}", number + 1, reference.repeat(40));
    }
    let main = &answer(&text)["entries"]["app:main"];
    assert!(main.get("error").is_some(), "{main:.300}");
}

#[test]
fn a_long_value_is_read() {
    let line = "  a line of a long value\n";
    let text = format!("[app:main]\nuse = egg:A\nlong =\n{}", line.repeat(400_000));
    let value = &answer(&text)["entries"]["app:main"]["ok"]["local_conf"]["long"];
    let length = value.as_str().map(str::len);
    assert_eq!(length, Some(400_000 * (line.len() - 2)));
}

/// Our answer for one file, the composites expanded.
fn answer(text: &str) -> Value {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("main.ini");
    fs::write(&path, text).expect("writable");
    let answer = ours_in_time(&Question { expand: true, ..Question::about(path) });
    assert!(answer.get("entries").is_some(), "{answer:.300}");
    answer
}
