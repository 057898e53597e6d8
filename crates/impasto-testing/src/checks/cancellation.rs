use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures_util::FutureExt;
use impasto::{App, Body};

use super::{is_own, own, still_works};
use crate::Conformance;
use crate::conformance::request;
use crate::probe::{PATIENCE, app, data, fed, in_time, next};

/// More often than a filter has anything to give out.
const TIMES: usize = 200;

pub(super) async fn check(filter: &Conformance) -> anyhow::Result<()> {
    given_up(filter).await.context("a request that was given up")?;
    dropped(filter).await.context("a response that was dropped halfway")
}

/// The client goes away while the app works.
async fn given_up(filter: &Conformance) -> anyhow::Result<()> {
    let held = Arc::new(());
    let app = {
        let held = held.clone();
        filter.around(app(move |exchange| {
            let held = (held.clone(), exchange.take_body());
            let hangs = exchange.method() == "POST";
            async move {
                if hangs {
                    std::future::pending::<()>().await;
                }
                drop(held);
                own("")
            }
        }))
    };
    let before = Arc::strong_count(&held);
    let mut reached = 0;
    for _ in 0..TIMES {
        let (feed, body) = fed();
        feed.send(data("x"))?;
        let in_body = held.clone();
        let body = body.on_end(move |_| drop(in_body));
        let mut answer = Box::pin(filter.ask(&app, request("POST", body)));
        let early = tokio::time::timeout(Duration::from_millis(1), answer.as_mut()).await;
        if let Ok(response) = early {
            is_own(&response)?;
        }
        reached = reached.max(Arc::strong_count(&held) - before);
    }
    ensure!(reached >= 2, "no request reached the app");
    released(&held, before).await?;
    still_works(filter, &app).await
}

/// The client goes away while it is sent a body.
async fn dropped(filter: &Conformance) -> anyhow::Result<()> {
    let held = Arc::new(());
    let app: App = {
        let held = held.clone();
        filter.around(app(move |_| {
            let (feed, body) = fed();
            let _ = feed.send(data("x"));
            let in_body = (held.clone(), feed);
            std::future::ready(own(body.on_end(move |_| drop(in_body))))
        }))
    };
    let before = Arc::strong_count(&held);
    for _ in 0..TIMES {
        let response = in_time(filter.ask(&app, request("GET", Body::empty()))).await?;
        is_own(&response)?;
        let mut body = response.into_body();
        // Whether something comes is for another check to say.
        let _ = next(&mut body).now_or_never();
    }
    released(&held, before).await?;
    still_works(filter, &app).await
}

/// Waits until only so many hold it: a filter may read on for a moment.
async fn released(held: &Arc<()>, before: usize) -> anyhow::Result<()> {
    let start = Instant::now();
    while Arc::strong_count(held) > before && start.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let left = Arc::strong_count(held) - before;
    ensure!(left == 0, "{left} of {TIMES} were not let go of");
    Ok(())
}
