use allocation_counter::measure;
use anyhow::{Context, ensure};
use futures_util::FutureExt;
use impasto::{App, Body, Request};

use super::{is_own, own};
use crate::Conformance;
use crate::conformance::request;

const REQUESTS: u64 = 20;

pub(super) fn check(filter: &Conformance) -> anyhow::Result<()> {
    let bare = App::at_once(|_| own("hello"));
    let filtered = filter.around(bare.clone());
    // What is made at the first request is made once.
    count(filter, &filtered)?;
    let (before, after) = (least(filter, &bare)?, least(filter, &filtered)?);
    let allowed = filter.allocations();
    let each = after.saturating_sub(before).div_ceil(REQUESTS);
    ensure!(each <= allowed, "{each} allocations for a request, and {allowed} are allowed");
    ensure!(each == allowed, "only {each} allocations for a request, and {allowed} are allowed");
    Ok(())
}

/// The allocations of so many requests, without what is made once for many of them: that comes in one of some
/// rounds, and in which depends on whatever was asked before.
fn least(filter: &Conformance, app: &App) -> anyhow::Result<u64> {
    let mut least = u64::MAX;
    for _ in 0..5 {
        least = least.min(count(filter, app)?);
    }
    Ok(least)
}

/// The allocations of so many requests.
fn count(filter: &Conformance, app: &App) -> anyhow::Result<u64> {
    let mut total = 0;
    for _ in 0..REQUESTS {
        let request: Request = request("GET", Body::empty());
        let mut response = None;
        let answer = filter.ask(app, request);
        let info = measure(|| response = answer.now_or_never());
        total += info.count_total;
        is_own(&response.context("it waits, although the app does not")?)?;
    }
    Ok(total)
}
