use crate::support::Site;

#[test]
fn what_is_linked_is_listed() {
    let site = Site::new("");
    let ran = site.run(&["list"]);
    assert_eq!(ran.code, Some(0));
    let line = ran.out.lines().find(|line| line.contains("egg:impasto#cors")).expect("cors");
    assert!(line.starts_with("filter ") && line.contains(" impasto-filters "), "{line}");
    assert!(!ran.out.contains("oslo_middleware"), "{}", ran.out);
    let ran = site.run(&["list", "--aliases"]);
    assert!(ran.out.contains("= oslo_middleware.cors:filter_factory\n"), "{}", ran.out);

    let json = site.run(&["list", "--json"]).json();
    let http = json.as_array().unwrap().iter().find(|it| it["reference"] == "egg:impasto#http");
    let http = http.expect("the server");
    assert_eq!((&http["kind"], &http["crate"]), (&"server".into(), &"impasto-server".into()));
    assert!(http["summary"].as_str().unwrap().starts_with("Serves HTTP/1.1"));
}

#[test]
fn a_factory_is_found_by_each_of_its_names() {
    let site = Site::new("");
    let page = site.run(&["reference", "size_limit"]);
    assert_eq!(page.code, Some(0));
    let title = "egg:impasto#size_limit: filter of impasto-filters\n";
    assert!(page.out.starts_with(title), "{}", page.out);
    assert!(page.out.contains("\n  max_body_size: size"), "{}", page.out);
    assert!(page.out.contains("\n      also max_request_body_size\n"), "{}", page.out);
    assert!(
        page.out.contains("[filter:size_limit]\nuse = egg:impasto#size_limit\n"),
        "{}",
        page.out
    );
    for name in ["egg:impasto#size_limit", "egg:oslo.middleware#sizelimit", "Size-Limit"] {
        assert_eq!(site.run(&["reference", name]).out, page.out, "{name}");
    }
}

#[test]
fn one_name_may_be_an_app_and_a_filter() {
    let json = Site::new("").run(&["reference", "healthcheck", "--json"]).json();
    let kinds: Vec<_> = json.as_array().unwrap().iter().map(|it| it["kind"].clone()).collect();
    assert_eq!(kinds, ["app", "filter"]);
    let settings = json[0]["settings"].as_array().unwrap();
    assert!(settings.iter().all(|it| it["name"].is_string() && it["type"].is_string()));
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    let ran = Site::new("").run(&["reference", "cros"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_eq!(ran.err, "error: no linked factory is `cros`\n  = help: did you mean `cors`?\n");
}
