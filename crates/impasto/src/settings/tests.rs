use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Duration, Options, Secret, Size};
use crate::loader::{Conf, Origin, Rule, Value, Written};
use crate::problem::{Problems, Source};

/// A section as the loader would hand it over: lines `key = value`, `!` before a secret value.
fn conf(rule: Rule, section: &str, text: &str) -> Conf {
    let source = Source::new("x.ini", text);
    let mut conf = Conf::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some((key, value)) = line.split_once('=') {
            let at = start + key.len() + 1 + (value.len() - value.trim_start().len());
            let (key, value) = (key.trim(), value.trim());
            let written = Written {
                source: Arc::clone(&source),
                key: (start as u32, (start + key.len()) as u32),
                value: (at as u32, (at + value.len()) as u32),
            };
            let origin = Origin::written(rule, &Arc::from(section), written);
            let (value, is_secret) = match value.strip_prefix('!') {
                Some(value) => (value, true),
                None => (value, false),
            };
            conf.insert(key, Value::new(value, origin).secret(is_secret));
        }
        start += line.len();
    }
    conf
}

fn read_with<S: serde::de::DeserializeOwned + JsonSchema>(
    local: &str,
    global: &str,
) -> Result<S, Problems> {
    let local = conf(Rule::Own, "filter:x", local);
    let global = conf(Rule::Default, "DEFAULT", global);
    Options { local: &local, global: &global, section: "filter:x", place: None }.read()
}

fn read<S: serde::de::DeserializeOwned + JsonSchema>(local: &str) -> Result<S, Problems> {
    read_with(local, "")
}

/// `line: code: message; help; ...`
fn told<S: std::fmt::Debug>(result: Result<S, Problems>) -> Vec<String> {
    let problems = result.expect_err("problems");
    let told = problems.iter().map(|problem| {
        let line = problem.place.as_ref().map_or(0, |place| place.line());
        let mut told = format!("{line}: {}: {}", problem.code, problem.message);
        problem.help.iter().for_each(|help| told.push_str(&format!("; {help}")));
        told
    });
    told.collect()
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Strict,
    ReportOnly,
}

#[derive(Debug, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Tls {
    cert: String,
    port: u16,
}

#[derive(Debug, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct All {
    on: bool,
    count: u8,
    signed: i64,
    ratio: f64,
    text: String,
    letter: char,
    mode: Option<Mode>,
    maybe: Option<u32>,
    maybe_text: Option<String>,
    words: Vec<String>,
    ports: BTreeSet<u16>,
    pair: (u8, u8),
    wait: Duration,
    limit: Size,
    header: BTreeMap<String, String>,
    tls: Tls,
    address: Option<std::net::IpAddr>,
    none: (),
}

#[test]
fn every_type_reads_its_words() {
    let all: All = read(
        "on = Yes\ncount = 2_5\nsigned = -3\nratio = 1e3\ntext = a b\nletter = ü\n\
         mode = Report-Only\nmaybe = 7\nmaybe_text =\nwords = a, b c,,d\nports = 2 1 2\n\
         pair = 1,2\nwait = 0.5\nlimit = 64k\nheader.X-A = 1\nheader.a.b = 2\n\
         tls.cert = c\ntls.port = 443\naddress = ::1\nnone =\n",
    )
    .unwrap();
    let header = [("X-A", "1"), ("a.b", "2")].map(|(name, value)| (name.into(), value.into()));
    assert_eq!(
        all,
        All {
            on: true,
            count: 25,
            signed: -3,
            ratio: 1000.0,
            text: "a b".into(),
            letter: 'ü',
            mode: Some(Mode::ReportOnly),
            maybe: Some(7),
            maybe_text: Some(String::new()),
            words: ["a", "b", "c", "d"].map(String::from).into(),
            ports: [1, 2].into(),
            pair: (1, 2),
            wait: Duration::from_millis(500),
            limit: Size::from_kib(64),
            header: header.into(),
            tls: Tls { cert: "c".into(), port: 443 },
            address: Some([0, 0, 0, 0, 0, 0, 0, 1].into()),
            none: (),
        }
    );
}

#[test]
fn an_empty_option_is_none_even_against_its_default() {
    #[derive(Debug, Deserialize, JsonSchema)]
    struct S {
        #[serde(default = "five")]
        wait: Option<Duration>,
    }
    fn five() -> Option<Duration> {
        Some(Duration::from_secs(5))
    }
    assert_eq!(read::<S>("").unwrap().wait, five());
    assert_eq!(read::<S>("wait =").unwrap().wait, None);
}

#[test]
fn wrong_values_are_told_in_words_all_at_once() {
    let told = told(read::<All>(
        "on = maybe\ncount = 256\nsigned = 1__0\nratio = nan\nletter = ab\nmode = strct\n\
         maybe = x\nports = 1 x 2\npair = 1\nwait = soon\nlimit = big\nheader = a\n\
         tls.port = x\naddress = here\ntext.x = 1\nnone = x\n",
    ));
    let int = |min: i128, max: i128| format!("a whole number from {min} to {max}");
    let expected = [
        "1: bad-value: `on` must be one of true, yes, on, y, t, 1 or one of false, no, off, n, f, 0, not `maybe`".into(),
        format!("2: bad-value: `count` must be {}, not `256`", int(0, 255)),
        format!("3: bad-value: `signed` must be {}, not `1__0`", int(i64::MIN.into(), i64::MAX.into())),
        "4: bad-value: `ratio` must be a number, not `nan`".into(),
        "5: bad-value: `letter` must be one character, not `ab`".into(),
        "6: bad-value: `mode` must be one of `strict`, `report_only`, not `strct`; did you mean `strict`?".into(),
        format!("7: bad-value: `maybe` must be {}, not `x`", int(0, u32::MAX.into())),
        format!("8: bad-value: an item of `ports` must be {}, not `x`", int(0, 65535)),
        "9: bad-value: `pair` must be a list of 2, not `1`".into(),
        "10: bad-value: `wait` must be a duration like `30s`, `1m 30s` or `500ms`, not `soon`".into(),
        "11: bad-value: `limit` must be a size like `512`, `64k` or `10MiB`, not `big`".into(),
        "12: bad-value: `header` is a table, not a single value; a line for each of its values: `header.NAME = VALUE`".into(),
        format!("13: bad-value: `tls.port` must be {}, not `x`", int(0, 65535)),
        "14: bad-value: `address` cannot be `here`: invalid IP address syntax".into(),
        "15: unknown-setting: unknown setting `text.x`; `text` is a single value: `text = VALUE`".into(),
        "16: bad-value: `none` must be empty, not `x`".into(),
    ];
    for (told, expected) in told.iter().zip(&expected) {
        assert_eq!(told, expected);
    }
    assert_eq!(told.len(), expected.len());
}

#[test]
fn an_item_is_pointed_at() {
    let problems = read::<All>("ports = 1 x 2").unwrap_err();
    assert_eq!(problems.0[0].place.as_ref().unwrap().text(), "x");
}

#[derive(Debug, Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only whether it is read matters")]
struct Strict {
    /// Where from.
    #[serde(alias = "document_root")]
    root: String,
    count: u8,
    #[serde(default)]
    debug: bool,
}

#[test]
fn missing_unknown_and_wrong_come_together() {
    assert_eq!(
        told(read::<Strict>("cuont = 1\nzzz = 2\ndebug = x")),
        [
            "0: missing-setting: setting `count` is missing",
            "0: missing-setting: setting `root` is missing; `root`: Where from.",
            "1: unknown-setting: unknown setting `cuont`; did you mean `count`?",
            "2: unknown-setting: unknown setting `zzz`; the settings are `document_root`, `root`, `count`, `debug`",
            "3: bad-value: `debug` must be one of true, yes, on, y, t, 1 or one of false, no, off, n, f, 0, not `x`",
        ]
    );
    // A wrong value is not also missing, under whichever name.
    assert_eq!(
        told(read::<Strict>("document_root = a\ncount = x")),
        ["2: bad-value: `count` must be a whole number from 0 to 255, not `x`"]
    );
}

#[test]
fn two_spellings_are_one_too_many() {
    let problems = read::<Strict>("root = a\ndocument_root = b\ncount = 1").unwrap_err();
    assert_eq!(problems.0[0].labels[0].0.line(), 1);
    assert_eq!(
        told::<()>(Err(problems)),
        ["2: duplicate-setting: `root` and `document_root` are two names of one setting"]
    );
    assert_eq!(
        told(read::<All>("header = a\nheader.b = c")).len(),
        1,
        "a table or a value, not both"
    );
}

#[test]
fn globals_fill_in_what_is_declared() {
    let read = |local, global| read_with::<Strict>(local, global);
    let strict = read("count = 1", "root = g\ncount = 2\nother = 3").unwrap();
    assert_eq!((strict.root.as_str(), strict.count), ("g", 1));
    // The section's spelling wins over another spelling in [DEFAULT].
    assert_eq!(read("document_root = l\ncount = 1", "root = g").unwrap().root, "l");
    assert_eq!(read("root = l\ncount = 1", "document_root = g").unwrap().root, "l");
    assert_eq!(
        told(read("", "root = g\ndocument_root = h\ncount = 1")),
        ["1: duplicate-setting: `document_root` and `root` are two names of one setting"]
    );
    let problems = read("root = l", "count = x").unwrap_err();
    assert_eq!(problems.0[0].section.as_deref(), Some("DEFAULT"));
    assert!(problems.0[0].help[0].contains("it is a global ([DEFAULT])"));
    let all = read_with::<All>("tls.cert = l", "tls.cert = g\ntls.port = 1\nheader.a = g").unwrap();
    assert_eq!(all.tls, Tls { cert: "l".into(), port: 1 });
    assert_eq!(all.header["a"], "g");
}

#[test]
fn any_key_where_the_struct_takes_any() {
    #[derive(Debug, Deserialize, JsonSchema)]
    struct UrlMap {
        not_found_app: Option<String>,
        #[serde(default)]
        depth: u8,
        #[serde(flatten)]
        mounts: BTreeMap<String, String>,
    }
    let map: UrlMap =
        read_with("/v2.1 = api\nhttp://x.y/ = b\ndepth = 3", "not_found_app = n\n/ = g").unwrap();
    assert_eq!(map.not_found_app.as_deref(), Some("n"));
    assert_eq!(map.depth, 3);
    assert_eq!(map.mounts.into_keys().collect::<Vec<_>>(), ["/v2.1", "http://x.y/"]);
    assert_eq!(told(read::<UrlMap>("/ = a\ndepth = x")).len(), 1);

    let map: BTreeMap<String, String> = read_with("a.b = 1\nc = 2", "d = 3").unwrap();
    assert_eq!(map.into_keys().collect::<Vec<_>>(), ["a.b", "c"]);
}

#[test]
fn nothing_is_a_settings_type_too() {
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Unit;
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Empty {}
    assert!(read_with::<()>("", "here = /").is_ok());
    assert!(read::<Unit>("").is_ok() && read::<Empty>("").is_ok());
    let expected = ["1: unknown-setting: unknown setting `a`; it takes no settings"];
    assert_eq!(told(read::<()>("a = 1")), expected);
    assert_eq!(told(read::<Unit>("a = 1")), expected);
    assert_eq!(told(read::<Empty>("a = 1")), expected);
}

#[test]
fn secrets_are_not_repeated() {
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(try_from = "String")]
    #[schemars(with = "String")]
    #[allow(dead_code, reason = "never made")]
    struct Refuses(String);
    impl TryFrom<String> for Refuses {
        type Error = String;
        fn try_from(text: String) -> Result<Refuses, String> {
            Err(format!("no {text}"))
        }
    }
    #[derive(Debug, Default, Deserialize, JsonSchema)]
    #[serde(default)]
    #[allow(dead_code, reason = "only read")]
    struct S {
        key: Secret,
        count: u8,
        mode: Option<Mode>,
        refuses: Option<Refuses>,
        wait: Duration,
    }
    let text =
        "key = !hunter2\ncount = !hunter2\nmode = !hunter2\nrefuses = !hunter2\nwait = !hunter2";
    let told = told(read::<S>(text));
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|told| !told.contains("hunter2")), "{told:?}");
    assert_eq!(format!("{:?}", read::<S>("key = hunter2").unwrap().key), "Secret(********)");

    let local = conf(Rule::Own, "filter:x", "key = !hunter2");
    let options =
        Options { local: &local, global: &Conf::default(), section: "filter:x", place: None };
    let refused = options.refused(anyhow::anyhow!("hunter2").context("cannot log in"));
    assert_eq!(refused.0[0].message, "cannot log in: ********");
    let about = super::SettingError::new("key", "too short").help("see hunter2");
    let refused = options.refused(anyhow::Error::from(about).context("outer"));
    assert_eq!(refused.0[0].place.as_ref().map(|place| place.line()), Some(1));
    assert_eq!(refused.0[0].help, ["see ********"]);
}

#[test]
fn long_values_are_cut() {
    let told = told(read::<All>(&format!("count = {}", "9".repeat(10_000))));
    assert!(told[0].len() < 200, "{told:?}");
}

#[test]
fn the_facts_are_in_words() {
    let schema = schemars::schema_for!(All);
    let facts = super::facts(&schema, &super::Spellings::of::<All>());
    let told: Vec<_> = facts
        .iter()
        .map(|fact| format!("{}: {} = {:?}", fact.name, fact.kind, fact.default.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            "on: true or false = Some(\"false\")",
            "count: whole number = Some(\"0\")",
            "signed: whole number = Some(\"0\")",
            "ratio: number = Some(\"0.0\")",
            "text: text = Some(\"\")",
            "letter: text = Some(\"\\0\")",
            "mode: one of strict, report_only = None",
            "maybe: whole number = None",
            "maybe_text: text = None",
            "words: list of texts = Some(\"\")",
            "ports: list of whole numbers = Some(\"\")",
            "pair: list of texts = Some(\"0 0\")",
            "wait: duration = Some(\"0s\")",
            "limit: size = Some(\"0\")",
            "header: table of texts = None",
            "tls.cert: text = Some(\"\")",
            "tls.port: whole number = Some(\"0\")",
            "address: text = None",
            "none: text = None",
        ]
    );
}

proptest! {
    #[test]
    fn no_text_panics(
        keys in prop::collection::vec("(on|count|ports|tls|header|wait|limit|mode|pair|x)(\\.\\PC{0,3})?", 0..8),
        values in prop::collection::vec("\\PC{0,12}|[0-9._,kKMGiBsmh -]{0,12}", 8),
    ) {
        let conf: Conf = keys.into_iter().zip(values).collect();
        let options = Options { local: &conf, global: &conf, section: "x", place: None };
        match options.read::<All>() {
            Ok(_) => {}
            Err(problems) => prop_assert!(problems.has_errors()),
        }
        let _ = options.read::<BTreeMap<String, String>>();
    }
}
