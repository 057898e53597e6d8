use anyhow::{Context, ensure};
use http::HeaderValue;
use http_body_util::BodyExt;
use impasto::Body;

use super::{is_own, own};
use crate::Conformance;
use crate::conformance::request;
use crate::probe::app;

const REQUESTS: usize = 1_000;

/// The header with the number of a request, and of its answer.
const NUMBER: &str = "x-conformance-number";

pub(super) async fn check(filter: &Conformance) -> anyhow::Result<()> {
    let app = filter.around(app(|exchange| {
        let number = exchange.headers().get(NUMBER).cloned();
        let body = exchange.take_body();
        async move {
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
            let mut response = own(body);
            if let Some(number) = number {
                response.headers_mut().insert(NUMBER, number);
            }
            response
        }
    }));
    let asked: Vec<_> = (0..REQUESTS)
        .map(|number| {
            let mut request = request("POST", Body::from(number.to_string()));
            request.headers_mut().insert(NUMBER, HeaderValue::from(number));
            tokio::spawn(filter.ask(&app, request))
        })
        .collect();
    for (number, answer) in asked.into_iter().enumerate() {
        let response = answer.await.context("a panic got out")?;
        is_own(&response).with_context(|| format!("one of {REQUESTS} at once"))?;
        let head = response.headers().get(NUMBER).cloned();
        let body = response.into_body().collect().await;
        let body = body.map_err(|error| anyhow::anyhow!(error))?.to_bytes();
        ensure!(
            head == Some(HeaderValue::from(number)) && body == number.to_string(),
            "of {REQUESTS} at once, number {number} was answered with head {head:?} and body {body:?}"
        );
    }
    Ok(())
}
