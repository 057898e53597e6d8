//! Random INI files that mean something: most references lead somewhere, most values can be
//! read, and now and then something is wrong.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::file::{File, Files, Header, Kind, Piece, Reference, Section, Setting};

pub(crate) fn files() -> impl Strategy<Value = Files> {
    (file(8), file(4)).prop_map(|(main, other)| Files { main, other })
}

/// The caller's `global_conf`.
pub(crate) fn globals() -> impl Strategy<Value = Vec<(String, String)>> {
    let key = select(&["x", "p", "here", "filter-with", "set y", "new"][..]);
    let value = select(&["caller", "", "a b", "%(x)s", "5%%"][..]);
    let pairs = vec((key, value), 1..3);
    let pairs = pairs.prop_map(|pairs| {
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        pairs.into_iter().map(owned).collect()
    });
    prop_oneof![4 => Just(Vec::new()), 1 => pairs]
}

fn file(sections: usize) -> impl Strategy<Value = File> {
    (
        default(),
        vec(section(), 1..=sections),
        prop_oneof![18 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\r")],
        prop::bool::weighted(0.95),
    )
        .prop_map(|(default, sections, line_end, unique)| File {
            default,
            sections,
            line_end,
            unique,
        })
}

/// Usually `x` and `y`, which values like to refer to, and something more.
fn default() -> impl Strategy<Value = Vec<Setting>> {
    let x = setting(Just("x"), Just(vec![Piece::Text("1")]));
    let y = setting(Just("y"), Just(vec![Piece::Text("<%(x)s>")]));
    let usual = prop_oneof![
        19 => (x, y).prop_map(|(x, y)| vec![x, y]),
        1 => Just(Vec::new()),
    ];
    let more = prop_oneof![9 => plain(), 1 => any_setting()];
    (usual, vec(more, 0..3)).prop_map(|(usual, more)| [usual, more].concat())
}

fn section() -> impl Strategy<Value = Section> {
    let name = select(&["main", "main", "a", "b", "c", "d", "f", "g", "h w", "é", ""][..]);
    (kind(), name, header(), vec(any_setting(), 0..4)).prop_map(
        |((prefix, needed), name, header, mut before)| {
            // A pipeline takes hardly any other options.
            if prefix == "pipeline" {
                before
                    .retain(|setting| setting.key.starts_with("set") || setting.key.contains('-'));
            }
            let after = before.split_off(before.len() / 2);
            let settings = [before, needed, after].concat();
            Section { prefix, name, header, settings }
        },
    )
}

/// The prefix of a section, and the settings that such a section needs.
fn kind() -> BoxedStrategy<(&'static str, Vec<Setting>)> {
    let one = |prefixes: &'static [&'static str], setting: BoxedStrategy<Setting>| {
        (select(prefixes), vec(setting, 1)).boxed()
    };
    let two = |prefix, first: BoxedStrategy<Setting>, second: BoxedStrategy<Setting>| {
        let settings = (first, second).prop_map(|(first, second)| vec![first, second]);
        (Just(prefix), settings).boxed()
    };
    let uses = |factory| setting(Just("use"), Just(vec![Piece::Text(factory)]));
    let mount = setting(select(&["/", "/v2", "app1"][..]), target(Kind::App));
    let choice = setting(select(&["noauth", "keystone"][..]), pipeline_items());
    prop_oneof![
        12 => one(&["app", "app", "application", "composite", "composit"], app_loader()),
        10 => one(&["filter"], filter_loader()),
        8 => one(&["pipeline"], setting(Just("pipeline"), pipeline_items())),
        6 => two("filter-app", setting(Just("next"), target(Kind::App)), filter_loader()),
        2 => two("composite", uses("egg:Paste#urlmap"), mount.clone()),
        1 => two("composite", uses("egg:Paste#cascade"), mount),
        2 => two("composite", uses("call:m.auth:pipeline_factory"), choice),
        2 => one(&["server"], server_loader()),
        2 => one(&["app", "pipeline", "filter", "filter-app", "loggers"], plain()),
    ]
    .boxed()
}

fn header() -> impl Strategy<Value = Header> {
    prop_oneof![
        200 => Just(Header::Plain),
        10 => Just(Header::Spaced),
        3 => Just(Header::Bare),
        1 => Just(Header::Indented),
        1 => Just(Header::Followed),
        1 => Just(Header::Unclosed),
    ]
}

fn app_loader() -> BoxedStrategy<Setting> {
    let composite = &["paste.composite_factory", "paste.composit_factory"][..];
    prop_oneof![
        8 => setting(Just("use"), target(Kind::App)),
        4 => setting(Just("paste.app_factory"), module()),
        1 => setting(select(composite), module()),
    ]
    .boxed()
}

fn filter_loader() -> BoxedStrategy<Setting> {
    let explicit = &["paste.filter_factory", "paste.filter_app_factory"][..];
    prop_oneof![
        7 => setting(Just("use"), target(Kind::Filter)),
        4 => setting(select(explicit), module()),
    ]
    .boxed()
}

fn server_loader() -> BoxedStrategy<Setting> {
    let explicit = &["paste.server_factory", "paste.server_runner"][..];
    prop_oneof![setting(Just("use"), target(Kind::Server)), setting(select(explicit), module()),]
        .boxed()
}

/// Some filters and an app.
fn pipeline_items() -> impl Strategy<Value = Vec<Piece>> {
    let space = select(&[" ", " ", "  ", "\n  ", "\t", "\u{a0}"][..]).prop_map(Piece::Text);
    let filter = (target(Kind::Filter), space.prop_map(|space| vec![space]));
    let filters = vec(filter.prop_map(|(filter, space)| [filter, space].concat()), 0..4);
    (filters, target(Kind::App)).prop_map(|(filters, app)| [filters.concat(), app].concat())
}

/// Any setting that may stand in a section.
fn any_setting() -> BoxedStrategy<Setting> {
    let control = &["use", "pipeline", "next", "paste.app_factory", "set use", "get use"][..];
    let set = select(&["set x", "set y", "set z", "set  p", "set here", "set __file__"][..]);
    let get = select(&["get p", "get q", "get  x", "get z"][..]);
    let known = select(&["x", "x", "y", "here", "__file__"][..]);
    let known = prop_oneof![30 => known, 1 => Just("z")];
    let known = known.prop_map(|text| vec![Piece::Text(text)]);
    prop_oneof![
        8 => plain(),
        4 => setting(set, value()),
        3 => setting(get, known),
        3 => setting(Just("filter-with"), target(Kind::Filter)),
        1 => setting(Just("require"), value()),
        1 => setting(select(control), target(Kind::App)),
    ]
    .boxed()
}

fn plain() -> BoxedStrategy<Setting> {
    let usual = select(&["p", "q", "r", "s", "Wide  Key", "/v2", "ключ"][..]);
    let rare = select(&["x", "set", "get", "]", "%(x)s", "here", "\u{2003}n"][..]);
    let wrong = select(&["", "[k", "set ", "#k"][..]);
    let key = prop_oneof![200 => usual, 20 => rare, 1 => wrong];
    setting(key, value())
}

fn setting(
    key: impl Strategy<Value = &'static str> + 'static,
    value: impl Strategy<Value = Vec<Piece>> + 'static,
) -> BoxedStrategy<Setting> {
    let harmless = select(&["\n", "# no = 1\n", "  ; no\n", "   \n", "\n\n", "\u{3000}\n"][..]);
    let harmful = select(&["word\n", "  x = 1\n", "[loggers]\n"][..]);
    let before = prop_oneof![300 => Just(""), 40 => harmless, 1 => harmful];
    let indent = select(&[" ", "   ", "\t", "\u{a0}"][..]);
    let indent = prop_oneof![100 => Just(""), 1 => indent];
    let delimiter = select(&["=", ":", " : ", " =\n  ", "\t=\t", "== ", " =\u{2003}"][..]);
    let delimiter = prop_oneof![300 => Just(" = "), 60 => delimiter, 1 => Just(" ")];
    (before, indent, key, delimiter, value)
        .prop_map(|(before, indent, key, delimiter, value)| Setting {
            before,
            indent,
            key,
            delimiter,
            value,
        })
        .boxed()
}

/// What `use`, `next`, `filter-with` or an item of a pipeline names.
fn target(to: Kind) -> impl Strategy<Value = Vec<Piece>> + Clone {
    let section = (any::<Index>(), prop::bool::weighted(0.97), prop::bool::weighted(0.15))
        .prop_map(move |(which, forward, elsewhere)| {
            Piece::Reference(Reference { to, which, forward, elsewhere })
        });
    let usual = &["egg:E", "egg:E#n", "egg:%(x)s#n", "call:m:f", "egg:My.Egg#main"][..];
    let odd = &[
        "nothing",
        "",
        "EGG:E",
        "config:other.ini",
        "config:./other.ini#a",
        "call:m",
        "call:a:b:c",
        "egg:E#egg:F#g",
        "config:main.ini#egg:F",
        "config:none.ini",
        "x:y",
        "1:b",
        "a:b",
        "#a",
        "config:%%6fther.ini#a",
        "config:oth\\er.ini",
        "config://%(here)s/other.ini",
        "a ; b",
        "config:/%(here)s/other.ini#b",
        "config:other.ini#config:main.ini#c",
        "egg:E #n",
    ][..];
    let text = |texts| select(texts).prop_map(Piece::Text);
    prop_oneof![100 => section, 50 => text(usual), 3 => text(odd)].prop_map(|piece| vec![piece])
}

/// A value of `paste.*_factory`.
fn module() -> impl Strategy<Value = Vec<Piece>> {
    let odd = &[
        "m : f.g [extra]",
        "m",
        "",
        "m:f:g",
        "m-n:f",
        "é.ü:f",
        "call:m:f",
        "m:f ; no",
        "m:f\n  g",
    ][..];
    let text = prop_oneof![30 => Just("m.n:f"), 1 => select(odd)];
    text.prop_map(|text| vec![Piece::Text(text)])
}

fn value() -> impl Strategy<Value = Vec<Piece>> {
    let plain = &[
        "v",
        "two words",
        "a=b",
        "k: v",
        "1 # no",
        ";",
        "ü\u{a0}ñ",
        "\"q\"",
        "[s]",
        "\n  more",
        "\n\n  more",
        "\n# no\n  more",
        "\n ",
        "\u{b}",
        "\u{85}",
        "\n  [app:no]",
    ];
    let known = &["%(x)s", "%(y)s", "%(here)s", "%%", "%%(x)s", "%(__file__)s"];
    let rare = &["%(p)s", "%(set x)s", "%(Wide  Key)s"];
    let wrong = &["%(nothing)s", "%", "%(x", "%()s", "%(x)d"];
    let piece = prop_oneof![
        100 => select(&plain[..]),
        50 => select(&known[..]),
        4 => select(&rare[..]),
        1 => select(&wrong[..]),
    ];
    let piece = piece.prop_map(Piece::Text);
    vec(piece, 0..4)
}
