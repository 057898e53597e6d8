use crate::support::Site;

const FILE: &str = "\
[DEFAULT]
region = north

[composite:main]
use = egg:Paste#urlmap
/ = api

[pipeline:api]
pipeline = id app

[filter:id]
use = egg:acme#id
key = %(env:HOME)s

[app:app]
use = egg:acme#app
set region = south
names = a
    b

[app:broken]
use = nowhere
";

#[test]
fn a_tree_for_people_says_where_everything_comes_from() {
    let ran = Site::new(FILE).run(&["resolve", "debug=on"]);
    assert_eq!(ran.code, Some(0));
    let expected = r"
[pipeline:api]
  global region = north                       # api-paste.ini:2, [DEFAULT]
  global debug = on                           # caller
  filter egg:acme#id  [filter:id]
    key = ********                            # api-paste.ini:13, own option
  global region = south                       # api-paste.ini:17, set
  global debug = on                           # caller
  app egg:acme#app  [app:app]
    names = a\nb                              # api-paste.ini:18, own option
";
    assert!(ran.out.contains(expected), "{}", ran.out);
    let broken = "[app:broken]\n  error: api-paste.ini:22:7: there is no app `nowhere`";
    assert!(ran.out.contains(broken), "{}", ran.out);
}

#[test]
fn composites_are_expanded_on_demand() {
    let site = Site::new(FILE);
    let behind = "    / ->\n      filter egg:acme#id  [filter:id]\n";
    let ran = site.run(&["resolve", "--expand"]);
    assert!(ran.out.contains(behind), "{}", ran.out);
    assert!(!site.run(&["resolve"]).out.contains(behind));
}

#[test]
fn json_holds_every_section() {
    let ran = Site::new(FILE).run(&["resolve", "--json", "debug=on"]);
    assert_eq!(ran.code, Some(0));
    let json = ran.json();
    assert_eq!(json["file"], "api-paste.ini");
    assert_eq!(json["global"]["debug"], "on");
    assert_eq!(json["entries"]["app:api"]["create"], "egg:acme#id(egg:acme#app)");
    assert_eq!(json["entries"]["app:broken"]["error"]["kind"], "LookupError");
    assert_eq!(json["entries"]["filter:id"]["ok"]["local_conf"]["key"], "********");
}

#[test]
fn a_file_that_does_not_parse_is_data_too() {
    let site = Site::new("[app:main\n");
    let ran = site.run(&["resolve", "--format", "json", "a=b"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(4), ""));
    let json = ran.json();
    assert_eq!((&json["file"], &json["global"]["a"]), (&"api-paste.ini".into(), &"b".into()));
    assert_eq!(json["parse_error"]["kind"], "MissingSectionHeaderError");
    let ran = site.run(&["resolve"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(4), ""));
    assert!(ran.err.starts_with("error[no-section-header]"), "{}", ran.err);
}

#[test]
fn every_value_says_by_which_rule_it_came() {
    let site = Site::new(
        "[DEFAULT]\nlevel = 1\n[app:main]\nuse = base\nset who = me\nown = a\nget got = level\n\
         [app:base]\nuse = egg:impasto#debug\nfrom = b\nown = c\n",
    );
    let json = site.run(&["resolve", "--json", "api-paste.ini", "asked=yes"]).json();
    let tree = &json["entries"]["app:main"]["ok"];
    let rules = |of: &str, names: &[&str]| {
        names.iter().map(|name| tree[of][name]["rule"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(rules("provenance", &["own", "from", "got"]), ["own option", "use chain", "get"]);
    assert_eq!(
        rules("global_provenance", &["level", "who", "asked", "here"]),
        ["[DEFAULT]", "set", "caller", "loader"]
    );
    assert_eq!(tree["global_provenance"]["level"]["line"], 2);
    let text = site.run(&["resolve"]).out;
    assert!(text.contains("from = b") && text.contains("api-paste.ini:10, use chain"), "{text}");
}

#[test]
fn a_long_chain_is_no_longer_for_being_nested() {
    let link = |at| format!("[filter:{at}]\nuse = egg:acme#id\nfilter-with = {}\n", at + 1);
    let links: String = (0..200).map(link).collect();
    let site = Site::new(&format!("{links}[filter:200]\nuse = egg:acme#id\n"));
    let ran = site.run(&["resolve", "--json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let nodes = ran.out.matches("\"object_type\"").count();
    assert_eq!(
        nodes,
        201 * 201,
        "each link has a tree of those below it, with filters around filters"
    );
    assert!(ran.out.len() < 1500 * nodes, "{} bytes of {nodes}", ran.out.len());
}
