use anyhow::{Context, ensure};
use http::header::{CONNECTION, CONTENT_LENGTH, ETAG, UPGRADE};
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::BodyExt;
use impasto::{Body, Exchange, Response};

use super::{is_own, own};
use crate::Conformance;
use crate::conformance::request;
use crate::probe::app;

/// An answer without a body.
#[derive(Clone, Copy)]
struct Case {
    method: &'static str,
    status: StatusCode,
    headers: &'static [(HeaderName, &'static str)],
}

const CASES: [Case; 4] = [
    Case { method: "HEAD", status: StatusCode::OK, headers: &[(CONTENT_LENGTH, "5")] },
    Case { method: "GET", status: StatusCode::NO_CONTENT, headers: &[] },
    Case {
        method: "GET",
        status: StatusCode::NOT_MODIFIED,
        headers: &[(CONTENT_LENGTH, "5"), (ETAG, "\"5\"")],
    },
    Case {
        method: "GET",
        status: StatusCode::SWITCHING_PROTOCOLS,
        headers: &[(CONNECTION, "upgrade"), (UPGRADE, "websocket")],
    },
];

/// What an app or a server leaves for those outside.
#[derive(Clone)]
struct Left;

pub(super) async fn check(filter: &Conformance) -> anyhow::Result<()> {
    for case in CASES {
        keeps(filter, case)
            .await
            .with_context(|| format!("{} answered with {}", case.method, case.status))?;
    }
    Ok(())
}

async fn keeps(filter: &Conformance, case: Case) -> anyhow::Result<()> {
    let app = filter.around(app(move |_: &mut Exchange| std::future::ready(case.answer())));
    let response = filter.ask(&app, request(case.method, Body::empty())).await;
    is_own(&response)?;
    let status = response.status();
    ensure!(status == case.status, "the status became {status}");
    for (name, value) in case.headers {
        let found: Vec<_> = response.headers().get_all(name).iter().collect();
        ensure!(found == [value], "`{name}: {value}` became {found:?}");
    }
    let is_unasked = !case.headers.iter().any(|(name, _)| *name == CONTENT_LENGTH)
        && response.headers().contains_key(CONTENT_LENGTH);
    ensure!(!is_unasked, "a `Content-Length` was added");
    ensure!(response.extensions().get::<Left>().is_some(), "the response's extensions are lost");
    let body = response.into_body().collect().await.map_err(|error| anyhow::anyhow!(error))?;
    ensure!(body.to_bytes().is_empty(), "a body was added");
    Ok(())
}

impl Case {
    fn answer(self) -> Response {
        let mut response = own(Body::empty());
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response.extensions_mut().insert(Left);
        response
    }
}
