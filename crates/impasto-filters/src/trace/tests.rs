use std::sync::Arc;

use super::*;
use crate::testing::{get, send, settings, wrap};
use impasto::{App, Body, Connection, Request};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// An app that answers with what it was told.
fn app(options: &[(&str, &str)]) -> App {
    let app = App::at_once(|exchange| {
        let told = |name| exchange.headers().get_all(name).iter();
        let told: Vec<_> = told(TRACEPARENT).chain(told(TRACESTATE)).collect();
        let told: Vec<_> = told.into_iter().map(|value| value.to_str().unwrap()).collect();
        Response::new(Body::from(told.join(" ")))
    });
    wrap(trace(settings(options)).unwrap(), app)
}

fn with(parents: &[&str], state: &str) -> Request {
    let mut request = get("/x");
    for parent in parents {
        request.headers_mut().append(TRACEPARENT, parent.parse().unwrap());
    }
    if !state.is_empty() {
        request.headers_mut().append(TRACESTATE, state.parse().unwrap());
    }
    request
}

async fn told(app: &App, request: Request) -> String {
    String::from_utf8_lossy(send(app, request).await.body().as_bytes().unwrap()).into_owned()
}

/// The two ways in which it works.
const BOTH: [(&str, &str); 2] = [("span", "true"), ("span", "false")];

#[tokio::test]
async fn a_trace_is_continued_with_a_span_of_its_own() {
    for way in BOTH {
        let told = told(&app(&[way]), with(&[PARENT], "a=1")).await;
        let (own, state) = told.split_once(' ').unwrap();
        assert_eq!((own.len(), &own[..36], &own[52..]), (55, &PARENT[..36], "-01"));
        assert_ne!(own, PARENT);
        assert_eq!(state, "a=1");
    }
}

#[tokio::test]
async fn without_a_valid_parent_a_trace_begins() {
    for way in BOTH {
        let app = app(&[way]);
        for parents in [&[][..], &["nonsense"], &[PARENT, PARENT]] {
            let told = told(&app, with(parents, "a=1")).await;
            assert!(Context::parse(told.as_bytes()).is_some(), "{told}");
            assert_ne!(&told[..36], &PARENT[..36]);
        }
    }
    let never = app(&[("sample", "0")]);
    assert!(told(&never, get("/")).await.ends_with("-00"));
    assert!(told(&never, with(&[PARENT], "")).await.ends_with("-01"));
}

#[tokio::test]
async fn a_state_that_is_wrong_is_left_out() {
    assert_eq!(told(&app(&[]), with(&[PARENT], "a=1,a=2")).await.len(), 55);
}

#[tokio::test]
async fn traces_of_strangers_are_not_continued() {
    let app = app(&[("trusted", "10.0.0.0/8")]);
    for (peer, continued) in [([10, 0, 0, 1], true), ([192, 0, 2, 1], false)] {
        let mut connection = Connection::default();
        connection.peer = Some((peer, 4711).into());
        let request = with(&[PARENT], "a=1");
        let response = app.clone().handle(request, Some(Arc::new(connection))).await;
        let told = response.body().as_bytes().unwrap();
        assert_eq!(told.starts_with(&PARENT.as_bytes()[..36]), continued);
        assert_eq!(told.ends_with(b"a=1"), continued);
    }
}

#[tokio::test]
async fn a_client_may_be_told() {
    for way in BOTH {
        let response =
            send(&app(&[way, ("response_header", "traceresponse")]), with(&[PARENT], "")).await;
        assert_eq!(
            response.body().as_bytes(),
            Some(response.headers()["traceresponse"].as_bytes())
        );
        assert!(send(&app(&[way]), get("/")).await.headers().is_empty());
    }
}

#[test]
fn wrong_settings_are_named() {
    let wrong = |key, text| trace(settings(&[(key, text)])).unwrap_err().to_string();
    let error = crate::testing::refused::<Trace>(&[("sample", "101")]);
    assert_eq!(error, "`sample` must be a number from 0 to 100, not `101`");
    assert!(wrong("trusted", "x").starts_with("`trusted`: "));
    let error = wrong("response_header", "a b");
    assert_eq!(error, "`response_header`: \"a b\" is not the name of a header");
}
