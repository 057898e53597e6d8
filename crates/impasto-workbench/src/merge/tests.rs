use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::random::{said, texts};
use crate::text::Splice;

fn text(name: &str, text: &str) -> Text {
    Text::new(Source::new(name, text))
}

/// The merged text, and the collisions.
fn merged(old: &str, new: &str, mine: &str) -> (String, String) {
    let [old, new, mine] =
        [("old", old), ("new", new), ("mine", mine)].map(|(name, it)| text(name, it));
    let merged = merge(&old, &new, &mine, None);
    let collisions: Vec<String> = merged.collisions.iter().map(ToString::to_string).collect();
    (merged.text.as_str().to_owned(), collisions.join("\n"))
}

fn fine(text: &str) -> (String, String) {
    (text.to_owned(), String::new())
}

const OLD: &str = "\
# Of the packager.

# The app.
[app:main]
use = egg:x
level = 1
# How many.
size = 1
debug = on

[filter:f]
use = egg:f
";

#[test]
fn each_side_has_what_it_changed() {
    let new =
        OLD.replace("level = 1", "level: 2").replace("# How many.\n", "# How many of them.\n");
    let mine = OLD.replace("size = 1", "# I want more.\nsize=100").replace("debug = on\n", "");
    let expected = new.replace("size = 1", "# I want more.\nsize=100").replace("debug = on\n", "");
    assert_eq!(merged(OLD, &new, &mine), fine(&expected));
    assert_eq!(merged(OLD, OLD, &mine), fine(&mine));
    assert_eq!(merged(OLD, &new, OLD), fine(&new));
    assert_eq!(merged(OLD, &new, &new), fine(&new));
}

#[test]
fn sections_come_and_go() {
    let new = format!("{OLD}\n# New.\n[filter:g]\nuse = egg:g\n");
    let mine = OLD.replace("[filter:f]\n", "# Mine.\n[filter:m]\nuse = egg:m\n\n[filter:f]\n");
    let expected = mine.clone() + "\n# New.\n[filter:g]\nuse = egg:g\n";
    assert_eq!(merged(OLD, &new, &mine), fine(&expected));
    let without = OLD.replace("\n[filter:f]\nuse = egg:f\n", "");
    assert_eq!(merged(OLD, &without, OLD), fine(&without));
    assert_eq!(merged(OLD, OLD, &without), fine(&without));
}

#[test]
fn filters_of_both_are_in_a_pipeline() {
    let pipeline = |words: &str| format!("[pipeline:p]\npipeline = {words}\n");
    let old = pipeline("a b c app");
    for (new, mine, expected) in [
        ("a n b c app", "a b m c app", "a n b m c app"),
        ("b c app", "a b c m app", "b c m app"),
        ("c a b app", "m a b c app", "c m a b app"),
        ("a b c app2", "a c app", "a c app2"),
        ("a b c app", "c b a app2", "c b a app2"),
        ("a b c x app", "a b c x app", "a b c x app"),
        // What stood before it is another one now.
        ("a n c app", "a b m c app", "a n m c app"),
    ] {
        let found = merged(&old, &pipeline(new), &pipeline(mine));
        assert_eq!(found, fine(&pipeline(expected)), "{new} / {mine}");
    }
    let lines = "[pipeline:p]\npipeline =\n  a\n  n\n  b\n  c\n  app\n";
    let expected = lines.replace("  n\n", "  m\n  n\n").replace("  c\n", "");
    assert_eq!(merged(&old, lines, &pipeline("a m b app")), fine(&expected));
}

#[test]
fn a_section_is_called_as_who_has_renamed_it() {
    let old = "[pipeline:p]\npipeline = f app\n[filter:f]\nuse = egg:f\nlevel = 1\n[app:app]\nuse = egg:app\n";
    let new = "[pipeline:p]\npipeline = g f app\n[filter:f]\nuse = egg:f\nlevel = 2\n[filter:g]\nuse = f\n[app:app]\nuse = egg:app\n";
    let called = |text: &str| {
        text.replace("filter:f]", "filter:h]")
            .replace("f app", "h app")
            .replace("use = f", "use = h")
    };
    assert_eq!(merged(old, new, &called(old)), fine(&called(new)));
    assert_eq!(merged(old, &called(old), new), fine(&called(new)));
    // A pipeline with its filter.
    let also = |text: &str| called(text).replace("pipeline:p]", "pipeline:q]");
    assert_eq!(merged(old, new, &also(old)), fine(&also(new)));
    // Which of two it is nobody knows.
    let twice = old.to_owned() + "[filter:i]\nuse = egg:f\nlevel = 1\n";
    let mine = twice.replace("filter:f]", "filter:h]").replace("filter:i]", "filter:j]");
    let (_, collisions) = merged(&twice, &twice.replace("level = 1", "level = 2"), &mine);
    assert_eq!(collisions.matches("upstream has changed it, you have removed it").count(), 2);
}

#[test]
fn collisions_are_told() {
    let new = OLD.replace("level = 1", "level = 2").replace("debug = on\n", "");
    let mine = OLD.replace("level = 1", "level = 3").replace("debug = on", "debug = off");
    let (_, collisions) = merged(OLD, &new, &mine);
    assert_eq!(
        collisions,
        "  [app:main] level: upstream has \"2\", you have \"3\"  (new:6, mine:6)\n  \
         [app:main] debug: upstream has removed it, you have \"off\"  (mine:9)"
    );
    let without = OLD.replace("\n[filter:f]\nuse = egg:f\n", "");
    let (_, collisions) = merged(OLD, &without, &OLD.replace("egg:f", "egg:m"));
    assert_eq!(collisions, "  [filter:f]: upstream has removed it, you have changed it  (mine:11)");
    let pipeline = |words: &str| format!("[pipeline:p]\npipeline = {words}\n");
    let (_, collisions) =
        merged(&pipeline("a b c app"), &pipeline("b c a app"), &pipeline("b c m app2"));
    assert_eq!(
        collisions,
        "  [pipeline:p] pipeline a: upstream has moved it before app, you have removed it  \
         (new:2, mine:2)"
    );
}

#[test]
fn who_prefers_a_side_has_it() {
    let [old, new, mine] = ["1", "2", "3"]
        .map(|level| text(level, &format!("[app:main]\nuse = egg:x\nlevel = {level}\n")));
    let merged = |prefer| merge(&old, &new, &mine, Some(prefer)).text;
    assert_eq!(merged(Side::New), new);
    assert_eq!(merged(Side::Mine), mine);
}

/// Without sections and options that are there already.
fn unique(text: &Text) -> Text {
    let mut seen = HashSet::new();
    let mut splices = Vec::new();
    for section in text.sections() {
        if !seen.insert((section.name(), "")) {
            splices.push(Splice::remove(section.header().start..section.end()));
            continue;
        }
        let twice = section.options().filter(|it| !seen.insert((section.name(), it.name())));
        splices.extend(twice.map(|option| Splice::remove(option.lines())));
    }
    text.with(splices)
}

fn is_readable(text: &Text) -> bool {
    impasto::ini::Document::parse("x.ini", text.source().clone()).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, max_global_rejects: 50_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_side_that_changed_nothing_is_no_matter(old in texts(), other in texts()) {
        let (old, other) = (unique(&old), unique(&other));
        prop_assume!(is_readable(&old) && is_readable(&other));
        for (new, mine) in [(&other, &old), (&old, &other)] {
            let merged = merge(&old, new, mine, None);
            prop_assert!(merged.collisions.is_empty());
            let (mut found, mut expected) = (said(&merged.text), said(&other));
            for said in [&mut found, &mut expected] {
                said.iter_mut().for_each(|(_, options)| options.sort());
                said.sort();
            }
            prop_assert_eq!(found, expected);
        }
    }
}
