use super::*;

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
        read_with("/v2.1 = api\nx.y/ = b\ndepth = 3", "not_found_app = n\n/ = g").unwrap();
    assert_eq!(map.not_found_app.as_deref(), Some("n"));
    assert_eq!(map.depth, 3);
    assert_eq!(map.mounts.into_keys().collect::<Vec<_>>(), ["/v2.1", "x.y/"]);
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
fn globals_fill_in_what_is_declared() {
    let read = |local, global| read_with::<Strict>(local, global);
    let strict = read("count = 1", "root = g\ncount = 2\nother = 3").unwrap();
    assert_eq!((strict.root.as_str(), strict.count), ("g", 1));
    // The section's spelling wins over another spelling in [DEFAULT].
    assert_eq!(read("document_root = l\ncount = 1", "root = g").unwrap().root, "l");
    assert_eq!(read("root = l\ncount = 1", "document_root = g").unwrap().root, "l");
    assert_eq!(
        told(read("", "root = g\ndocument_root = h\ncount = 1")),
        [
            "1: duplicate-setting: `document_root` and `root` are two names of one setting; remove one of the two"
        ]
    );
    let problems = read("root = l", "count = x").unwrap_err();
    assert_eq!(problems.0[0].section.as_deref(), Some("DEFAULT"));
    assert!(problems.0[0].help[0].contains("it is a global ([DEFAULT])"));
    let all = read_with::<All>("tls.cert = l", "tls.cert = g\ntls.port = 1\nheader.a = g").unwrap();
    assert_eq!(all.tls, Tls { cert: "l".into(), port: 1 });
    assert_eq!(all.header["a"], "g");
}
