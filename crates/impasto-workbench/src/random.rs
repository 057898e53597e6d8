//! Random files for tests: every form of line, more or less at home where it stands.

use impasto::Source;
use proptest::prelude::*;
use proptest::sample::select;

use crate::text::Text;

const LINES: [&str; 35] = [
    "[DEFAULT]",
    "[app:main]",
    "[app: main ]",
    "  [app:x]",
    "[pipeline:p]",
    "[pipeline:p] ; words",
    "[composite:c] use = x",
    "[filter:f]",
    "[a] # b]",
    "use = egg:x",
    "use : egg:x#y",
    "a=1",
    "a = 1  ",
    "b:2",
    "c   :   3 ; 4",
    "d =",
    "d=  ",
    "  e = 5",
    "\tf\t=\t6",
    "set g = %(a)s",
    "/v2: app",
    "pipeline = f g app",
    "pipeline =",
    "keystone = f  app",
    "    f",
    "      g app",
    "    app # no comment",
    "\u{a0}h",
    "    # indented",
    "    ; indented",
    "# plain",
    "; plain",
    "#",
    "",
    "   ",
];

/// Lines that say nothing, and are an error.
const WRONG: [&str; 3] = ["[loggers", "word", "= nothing"];

/// Any text of such lines.
pub(crate) fn texts() -> impl Strategy<Value = Text> {
    let line = prop_oneof![200 => select(&LINES[..]), 1 => select(&WRONG[..])];
    let end = select(&["\n", "\n", "\n", "\r\n", "\r"][..]);
    let first = select(&["[app:main]", "[DEFAULT]", "# top", "", "[pipeline:main]", "a = 1"][..]);
    let lines = (first, prop::collection::vec(line, 0..24));
    (lines, end, any::<bool>(), prop::bool::weighted(0.1)).prop_map(|(lines, end, last, mark)| {
        let (first, mut rest) = lines;
        rest.insert(0, first);
        let mut text = rest.join(end);
        if last {
            text.push_str(end);
        }
        if mark {
            text.insert(0, '\u{feff}');
        }
        Text::new(Source::new("x.ini", text))
    })
}

/// All that a text says: sections, options, values.
pub(crate) fn said(text: &Text) -> Vec<(String, Vec<(String, String)>)> {
    let options = |section: crate::SectionText<'_>| {
        section.options().map(|option| (option.name().to_owned(), option.value())).collect()
    };
    text.sections().map(|section| (section.name().to_owned(), options(section))).collect()
}

/// The comments of a text, without the white space around them.
pub(crate) fn comments(text: &Text) -> Vec<String> {
    let lines = impasto::ini::lines(text.as_str());
    let lines = lines.map(|(_, line)| line.trim_start_matches('\u{feff}').trim());
    lines.filter(|line| line.starts_with(['#', ';'])).map(str::to_owned).collect()
}
