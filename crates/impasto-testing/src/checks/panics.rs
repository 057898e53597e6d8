use anyhow::ensure;
use http::StatusCode;
use impasto::{Body, Failure};

use super::{own, still_works};
use crate::Conformance;
use crate::conformance::request;
use crate::probe::app;

/// More often than a lock or a permit can be lost unnoticed.
const TIMES: usize = 100;

pub(super) async fn check(filter: &Conformance) -> anyhow::Result<()> {
    let app = filter.around(app(|exchange| {
        // Neither log nor text: what a test program prints is for what went wrong.
        let panics = exchange.method() == "POST";
        async move {
            if panics {
                std::panic::resume_unwind(Box::new("the app panics, as the check wants it"));
            }
            own("")
        }
    }));
    for _ in 0..TIMES {
        let response = filter.ask(&app, request("POST", Body::empty())).await;
        let status = response.status();
        ensure!(
            status == StatusCode::INTERNAL_SERVER_ERROR,
            "the panic of the app became an answer with status {status}"
        );
        let reason = response.extensions().get::<Failure>();
        ensure!(reason.is_some(), "the answer to a panic has no `Failure` any more");
    }
    still_works(filter, &app).await
}
