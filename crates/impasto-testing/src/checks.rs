//! The checks, a module for each.

#[cfg(feature = "allocations")]
mod allocations;
mod bodiless;
mod cancellation;
mod crowd;
mod errors;
mod panics;
mod streaming;

use anyhow::ensure;
use http::HeaderValue;
use impasto::{App, Body, Response};

use crate::conformance::request;
use crate::{Check, Conformance};

pub(crate) async fn run(check: Check, filter: &Conformance) -> anyhow::Result<()> {
    match check {
        Check::RequestStreams => streaming::request(filter).await,
        Check::ResponseStreams => streaming::response(filter).await,
        Check::Bodiless => bodiless::check(filter).await,
        Check::Cancellation => cancellation::check(filter).await,
        Check::Panics => panics::check(filter).await,
        Check::Crowd => crowd::check(filter).await,
        Check::Errors => errors::check(filter).await,
        #[cfg(feature = "allocations")]
        Check::Allocations => allocations::check(filter),
    }
}

/// The header by which an answer is known as the app's.
const OWN: &str = "x-conformance-app";

/// An answer of the app.
fn own(body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(OWN, HeaderValue::from_static("1"));
    response
}

/// Checks that an answer is the app's.
fn is_own(response: &Response) -> anyhow::Result<()> {
    let status = response.status();
    ensure!(
        response.headers().contains_key(OWN),
        "the app's answer did not come, but one with status {status}; if that is because of the request, \
         change it with `Conformance::request` so that it may pass",
    );
    Ok(())
}

/// Checks that the filter still works.
async fn still_works(filter: &Conformance, app: &App) -> anyhow::Result<()> {
    is_own(&filter.ask(app, request("GET", Body::empty())).await)
}
