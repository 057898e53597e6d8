//! The filter, loaded from the file beside it.

use custom_filter as _;
use impasto::{Code, Loader, Request};
use impasto_filters as _;

#[tokio::test]
async fn every_answer_says_when_the_api_goes_away() {
    let loader = Loader::open(concat!(env!("CARGO_MANIFEST_DIR"), "/api-paste.ini")).unwrap();
    assert!(loader.check().is_empty(), "{}", loader.check());
    let response = loader.app("main").unwrap().handle(Request::default(), None).await;
    assert_eq!(response.headers()["sunset"], "Sat, 31 Dec 2033 23:59:59 GMT");
    assert_eq!(response.headers()["link"], "<https://example.org/v1-goes-away>; rel=\"sunset\"");
    assert!(response.headers().contains_key("x-request-id"));
}

#[test]
fn a_wrong_date_is_shown_where_it_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("api-paste.ini");
    std::fs::write(&path, "[filter:x]\nuse = egg:custom-filter#sunset\nat = soon\n").unwrap();
    let problems = Loader::open(&path).unwrap().filter("x").err().unwrap();
    let problem = &problems.0[0];
    assert_eq!((problem.code, problem.place.as_ref().unwrap().line()), (Code::BadValue, 3));
    assert_eq!(problem.message, "`at` is no HTTP date");
}
