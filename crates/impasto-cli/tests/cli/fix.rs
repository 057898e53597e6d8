use std::fs;

use crate::support::Site;

/// Twelve filters in an order that breaks most of what they say of each other.
const SHUFFLED: &str = "\
# Touched by many hands.
[pipeline:main]
pipeline = etag size_limit decompress catch_errors request_id proxy metrics compress auth cors log rate app

[filter:etag]
use = egg:impasto#etag
[filter:size_limit]
use = egg:impasto#size_limit
[filter:decompress]
use = egg:impasto#decompress
[filter:catch_errors]
use = egg:impasto#catch_errors
[filter:request_id]
use = egg:impasto#request_id
[filter:proxy]
use = egg:impasto#proxy_headers
[filter:metrics]
use = egg:impasto#metrics
[filter:compress]
use = egg:impasto#compress
[filter:auth]
use = egg:impasto#basic_auth
user.ann = $2b$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u
[filter:cors]
use = egg:impasto#cors
[filter:log]
use = egg:impasto#access_log
[filter:rate]
use = egg:impasto#rate_limit
requests = 10

[app:app]
use = egg:impasto#respond
";

#[test]
fn a_shuffled_pipeline_is_put_in_order_and_nothing_else_is_touched() {
    let site = Site::new(SHUFFLED);
    assert!(site.run(&["check"]).err.contains("warning[wrong-order]"));
    let ran = site.run(&["check", "--fix"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "no problems in api-paste.ini\n"));
    let fixed = fs::read_to_string(site.path("api-paste.ini")).unwrap();
    let different = SHUFFLED.lines().zip(fixed.lines()).filter(|(old, new)| old != new);
    let different: Vec<_> = different.map(|(_, new)| new).collect();
    assert_eq!(
        different,
        [
            "pipeline = catch_errors size_limit decompress request_id proxy metrics compress etag cors \
          log rate auth app"
        ]
    );
    assert_eq!(SHUFFLED.lines().count(), fixed.lines().count());
}

#[test]
fn typing_errors_are_put_right_where_one_name_is_near() {
    let site = Site::new(
        "[pipelin:main]\npipline = cros app\n[fliter:cors]\nuse: egg:impasto#corss\nmax_aeg = %(agee)s\n\
         [app:app]\nuse = egg:impasto#respond\n[app:apx]\nuse = ap\n[DEFAULT]\nage = 10s\n",
    );
    let ran = site.run(&["check", "--fix", "--json"]);
    assert_eq!(
        fs::read_to_string(site.path("api-paste.ini")).unwrap(),
        "[pipeline:main]\npipeline = cors app\n[filter:cors]\nuse: egg:impasto#cors\n\
         max_age = %(age)s\n[app:app]\nuse = egg:impasto#respond\n[app:apx]\nuse = ap\n\
         [DEFAULT]\nage = 10s\n"
    );
    // `ap` may be either, so that nothing names `apx`; what was put right is told where people look.
    let left = ran.json();
    let lines: Vec<_> = left.as_array().unwrap().iter().map(|left| &left["line"]).collect();
    assert_eq!((ran.code, lines), (Some(4), vec![&9.into(), &8.into()]), "{left}");
    assert!(ran.err.contains(" put right in api-paste.ini\n"), "{}", ran.err);
}

#[test]
fn nothing_to_put_right_leaves_the_file_alone() {
    let text = "[app:main]\r\nuse = egg:impasto#respond\r\nbdoyy = x\r\n";
    let site = Site::new(text);
    let before = fs::metadata(site.path("api-paste.ini")).unwrap().modified().unwrap();
    assert_eq!(site.run(&["check", "--fix"]).code, Some(4));
    assert_eq!(fs::read_to_string(site.path("api-paste.ini")).unwrap(), text);
    let after = fs::metadata(site.path("api-paste.ini")).unwrap().modified().unwrap();
    assert_eq!(before, after);
}
