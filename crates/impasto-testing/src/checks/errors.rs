use anyhow::{Context, ensure};
use http_body_util::BodyExt;
use impasto::{Body, Response};
use tokio::sync::mpsc;

use super::{is_own, own};
use crate::Conformance;
use crate::conformance::request;
use crate::probe::{app, data, fed, in_time};

const ERROR: &str = "the other side has gone";

/// A body that ends in an error.
fn broken() -> Body {
    let (feed, body) = fed();
    let _ = feed.send(data("begun"));
    let _ = feed.send(Err(ERROR));
    body
}

/// How a body ends.
async fn end(body: Body) -> Result<(), String> {
    body.collect().await.map(drop).map_err(|error| error.to_string())
}

pub(super) async fn check(filter: &Conformance) -> anyhow::Result<()> {
    of_a_request(filter).await.context("the body of a request")?;
    of_a_response(filter).await.context("the body of a response")
}

async fn of_a_request(filter: &Conformance) -> anyhow::Result<()> {
    let (report, mut reported) = mpsc::unbounded_channel();
    let app = filter.around(app(move |exchange| {
        let (report, body) = (report.clone(), exchange.take_body());
        async move {
            let _ = report.send(end(body).await);
            own("")
        }
    }));
    let _: Response = in_time(filter.ask(&app, request("POST", broken()))).await?;
    let found = reported.try_recv().context("the app was not asked")?;
    told(found.err().as_deref())
}

async fn of_a_response(filter: &Conformance) -> anyhow::Result<()> {
    let app = filter.around(app(|_| std::future::ready(own(broken()))));
    let response = in_time(filter.ask(&app, request("GET", Body::empty()))).await?;
    is_own(&response)?;
    told(in_time(end(response.into_body())).await?.err().as_deref())
}

fn told(error: Option<&str>) -> anyhow::Result<()> {
    let error = error.context("its error was hidden: it seems to be complete")?;
    ensure!(error.contains(ERROR), "its error {ERROR:?} became {error:?}");
    Ok(())
}
