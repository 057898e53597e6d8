//! Every registered filter, as its documented example has it, keeps the rules of `impasto-testing`.

use http::HeaderValue;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use impasto::{Factory, Kind, Registry};
use impasto_filters as _;
use impasto_testing::{Check, Conformance};

/// What single filters are allowed, each with its reason. An exception that is not needed fails.
fn exceptions(filter: &Factory, conformance: Conformance) -> Conformance {
    match filter.name() {
        "secure_headers" => {
            conformance.allocates(2, "it always adds headers, more than there is room for")
        }
        "basic_auth" => conformance
            .request(|request| {
                let ann = HeaderValue::from_static("Basic YW5uOnNlY3JldA==");
                request.headers_mut().insert(AUTHORIZATION, ann);
            })
            .allocates(9, "it waits, reads who asks, and tells what is outside"),
        "buffer" => conformance
            .except(Check::RequestStreams, "it reads the body before the app does")
            .except(Check::Cancellation, "the app is not asked before the body is there")
            .except(Check::Errors, "a body that breaks off is refused before the app is asked")
            .allocates(2, "it waits, and tells the length of the body"),
        "error_documents" => {
            conformance.allocates(4, "it waits, and keeps the headers to ask once more")
        }
        "etag" => conformance.allocates(2, "every answer has a tag of its own"),
        "rate_limit" => conformance.allocates(2, "every answer says what is left"),
        "redirect_https" => conformance.request(|request| {
            *request.uri_mut() = http::Uri::from_static("/healthcheck");
        }),
        "fault_injection" => conformance.allocates(2, "its example waits"),
        "jwt" => conformance.allocates(2, "its example may have to wait for keys"),
        "trace" | "oslo_tracing" => {
            conformance.allocates(2, "every request has a span, and the client is told")
        }
        "prefix" => {
            conformance.allocates(5, "its example tells another scheme and port, so a host")
        }
        "validate_request" => conformance.request(|request| {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json);
            let key = HeaderValue::from_static("not-set-here");
            request.headers_mut().insert("x-origin-key", key);
        }),
        _ => conformance,
    }
}

#[test]
fn every_filter_keeps_the_rules() {
    let filters = Registry::linked().factories().iter();
    let filters =
        filters.filter(|it| it.kind() == Kind::Filter && it.package() == env!("CARGO_PKG_NAME"));
    let mut failures = Vec::new();
    for filter in filters {
        match Conformance::of_factory(filter) {
            Ok(conformance) => {
                let report = exceptions(filter, conformance).run();
                failures.extend((!report.is_good()).then(|| report.to_string()));
            }
            Err(error) => failures.push(format!("{}: {error:#}", filter.name())),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
