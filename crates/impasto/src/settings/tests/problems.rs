use super::*;

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
        "3: bad-value: `signed` must be a whole number, not `1__0`".into(),
        "4: bad-value: `ratio` must be a number, not `nan`".into(),
        "5: bad-value: `letter` must be one character, not `ab`".into(),
        "6: bad-value: `mode` must be one of `strict`, `report_only`, not `strct`; did you mean `strict`?".into(),
        "7: bad-value: `maybe` must be a whole number, 0 or more, not `x`".into(),
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
fn a_number_has_one_range_whatever_is_wrong_with_it() {
    #[derive(Debug, Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only read")]
    struct S {
        #[schemars(range(min = 200, max = 599))]
        #[serde(alias = "code")]
        status: Option<u16>,
        #[schemars(range(min = 1, max = 4096))]
        workers: Option<usize>,
        any: Option<u64>,
        #[schemars(range(min = 0, max = 100))]
        share: Option<f64>,
        #[schemars(inner(range(min = 100, max = 599)))]
        catch: Option<Vec<u16>>,
    }
    let told = |text: &str| told(read::<S>(text));
    let range = "must be a whole number from 200 to 599, not";
    for wrong in ["x", "199", "600", "-1", "70000", "2_0_", "2.5"] {
        let expected = |key: &str| [format!("1: bad-value: `{key}` {range} `{wrong}`")];
        assert_eq!(told(&format!("status = {wrong}")), expected("status"));
        assert_eq!(told(&format!("code = {wrong}")), expected("code"));
    }
    for (wrong, range) in [
        ("workers = -1", "a whole number from 1 to 4096"),
        ("workers = 4_097", "a whole number from 1 to 4096"),
        ("any = -1", "a whole number, 0 or more"),
        ("any = 18446744073709551616", "a whole number from 0 to 18446744073709551615"),
        ("share = 100.5", "a number from 0 to 100"),
        ("share = nan", "a number from 0 to 100"),
    ] {
        let (key, value) = wrong.split_once(" = ").unwrap();
        let expected = format!("1: bad-value: `{key}` must be {range}, not `{value}`");
        assert_eq!(told(wrong), [expected]);
    }
    let expected =
        "1: bad-value: an item of `catch` must be a whole number from 100 to 599, not `600`";
    assert_eq!(told("catch = 404 600"), [expected]);
    read::<S>("status = 599\nworkers = 1\nany = 0\nshare = 100\ncatch = 100 599").unwrap();
    read::<S>("status = \n").unwrap();
}

#[test]
fn the_names_of_an_enums_words_are_told_and_their_aliases_are_not() {
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    #[allow(dead_code, reason = "only read")]
    enum Auth {
        /// Must.
        #[serde(alias = "2", alias = "on")]
        Required,
        /// May.
        #[serde(alias = "1")]
        Optional,
        /// Need not.
        #[serde(alias = "0")]
        Off,
    }
    #[derive(Debug, Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only read")]
    struct S {
        auth: Option<Auth>,
        auths: Option<Vec<Auth>>,
        by: Option<std::collections::BTreeMap<String, Auth>>,
    }
    let words = "must be one of `required`, `optional`, `off`, not `x`";
    for (text, subject) in
        [("auth = x", "`auth`"), ("auths = on x", "an item of `auths`"), ("by.a = x", "`by.a`")]
    {
        assert_eq!(told(read::<S>(text)), [format!("1: bad-value: {subject} {words}")]);
    }
    let suggested = told(read::<S>("auth = requierd"));
    assert!(suggested[0].ends_with("not `requierd`; did you mean `required`?"), "{suggested:?}");
    read::<S>("auth = 2\nauths = on, OFF 1").unwrap();
}

#[test]
fn an_item_is_pointed_at() {
    let problems = read::<All>("ports = 1 x 2").unwrap_err();
    assert_eq!(problems.0[0].place.as_ref().unwrap().text(), "x");
}

#[test]
fn missing_unknown_and_wrong_come_together() {
    assert_eq!(
        told(read::<Strict>("cuont = 1\nzzz = 2\ndebug = x")),
        [
            "0: missing-setting: setting `root` is missing; `root`: Where from",
            "0: missing-setting: setting `count` is missing",
            "1: unknown-setting: unknown setting `cuont`; did you mean `count`?",
            "2: unknown-setting: unknown setting `zzz`; the settings are `root`, `count`, `debug`",
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
    assert_eq!(problems.0[0].labels[0].0.text(), "root");
    assert_eq!(
        told::<()>(Err(problems)),
        [
            "2: duplicate-setting: `root` and `document_root` are two names of one setting; remove one of the two"
        ]
    );
    assert_eq!(
        told(read::<All>("header = a\nheader.b = c")).len(),
        1,
        "a table or a value, not both"
    );
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

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(try_from = "Secret")]
    struct Strong(#[allow(dead_code, reason = "only read")] Secret);
    impl TryFrom<Secret> for Strong {
        type Error = &'static str;
        fn try_from(secret: Secret) -> Result<Strong, &'static str> {
            let is_strong = secret.expose().len() > 8;
            is_strong.then_some(Strong(secret)).ok_or("too short")
        }
    }
    #[derive(Debug, Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only read")]
    struct Login {
        key: Strong,
    }
    assert_eq!(self::told(read::<Login>("key = hunter2")), ["1: bad-value: `key` is refused"]);

    assert_eq!(format!("{:?}", read::<S>("key = hunter2").unwrap().key), "Secret(********)");

    let local = conf(Rule::Own, "filter:x", "key = !hunter2");
    let options =
        Options { local: &local, global: &Conf::default(), section: "filter:x", place: None };
    let refused = options.refused(anyhow::anyhow!("hunter2").context("cannot log in"));
    assert_eq!(refused.0[0].message, "cannot log in: ********");
    let about = crate::SettingError::new("key", "too short").help("see hunter2");
    let refused = options.refused(anyhow::Error::from(about).context("outer"));
    assert_eq!(refused.0[0].place.as_ref().map(|place| place.text()), Some("!hunter2"));
    assert_eq!(refused.0[0].help, ["see ********"]);
}

#[test]
fn long_values_are_cut() {
    let told = told(read::<All>(&format!("count = {}", "9".repeat(10_000))));
    assert!(told[0].len() < 200, "{told:?}");
}
