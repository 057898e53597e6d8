use std::sync::Mutex;

use anyhow::{Context, ensure};
use http::{HeaderMap, HeaderValue};
use http_body::Frame;
use impasto::Body;
use tokio::sync::mpsc;

use super::{is_own, own};
use crate::Conformance;
use crate::conformance::request as ask;
use crate::probe::{app, data, fed, in_time, next};

const PIECES: [&str; 3] = ["first", "second", "third"];

fn trailers() -> HeaderMap {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-checksum", HeaderValue::from_static("1"));
    trailers
}

pub(super) async fn response(filter: &Conformance) -> anyhow::Result<()> {
    let (feed, body) = fed();
    let body = Mutex::new(Some(body));
    let app = filter.around(app(move |_| {
        let body = body.lock().map(|mut body| body.take()).unwrap_or_default();
        std::future::ready(own(body.unwrap_or_default()))
    }));
    let answered = in_time(filter.ask(&app, ask("GET", Body::empty()))).await;
    let response =
        answered.context("the answer was held back until there is something of its body")?;
    is_own(&response)?;
    let mut body = response.into_body();
    for piece in PIECES {
        feed.send(data(piece))?;
        let waiting = || format!("the {piece} piece of the body was held back");
        let frame = next(&mut body).await.with_context(waiting)?.with_context(waiting)?;
        let found = frame.into_data().unwrap_or_default();
        ensure!(found == piece, "the {piece} piece of the body came as {found:?}");
    }
    feed.send(Ok(Frame::trailers(trailers())))?;
    drop(feed);
    let last = next(&mut body).await?.context("the body's trailers did not come")?;
    ensure!(
        last.trailers_ref() == Some(&trailers()),
        "the body's trailers came as {:?}",
        last.trailers_ref()
    );
    ensure!(next(&mut body).await?.is_none(), "the body goes on behind its trailers");
    Ok(())
}

pub(super) async fn request(filter: &Conformance) -> anyhow::Result<()> {
    let (report, mut reported) = mpsc::unbounded_channel();
    let app = filter.around(app(move |exchange| {
        let (report, mut body) = (report.clone(), exchange.take_body());
        async move {
            while let Ok(Some(frame)) = next(&mut body).await {
                let _ = report.send(frame);
            }
            own("")
        }
    }));
    let (feed, body) = fed();
    let mut answer = tokio::spawn(filter.ask(&app, ask("POST", body)));
    for piece in PIECES {
        // Where the body was dropped, the answer says more.
        let _ = feed.send(data(piece));
        let waiting = || format!("the {piece} piece of the body was held back from the app");
        let arrived = async {
            tokio::select! {
                biased;
                frame = reported.recv() => Ok(frame),
                answer = &mut answer => Err(answer),
            }
        };
        let frame = match in_time(arrived).await.with_context(waiting)? {
            Ok(frame) => frame.with_context(waiting)?,
            Err(answer) => {
                is_own(&answer?)?;
                anyhow::bail!("the answer came before the {piece} piece reached the app");
            }
        };
        let found = frame.into_data().unwrap_or_default();
        ensure!(found == piece, "the {piece} piece of the body reached the app as {found:?}");
    }
    feed.send(Ok(Frame::trailers(trailers())))?;
    drop(feed);
    let last = in_time(reported.recv()).await?.context("the trailers did not reach the app")?;
    ensure!(
        last.trailers_ref() == Some(&trailers()),
        "the trailers reached the app as {:?}",
        last.trailers_ref()
    );
    is_own(&in_time(answer).await??)
}
