//! The app inside of a filter under test, and the bodies on both sides.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use impasto::{App, Body, BoxFuture, Exchange, Handler, Response};
use tokio::sync::mpsc;

/// How long a check waits for what should be there at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// An app that is a closure over a request's body.
pub(crate) fn app<F, A>(answer: F) -> App
where
    F: Fn(&mut Exchange) -> A + Send + Sync + 'static,
    A: Future<Output = Response> + Send + 'static,
{
    struct Probe<F>(F);

    impl<F, A> Handler for Probe<F>
    where
        F: Fn(&mut Exchange) -> A + Send + Sync + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
            Box::pin(self.0(exchange))
        }
    }

    App::new(Probe(answer))
}

/// What is sent into a body: a frame, or the error that ends it.
pub(crate) type Piece = Result<Frame<Bytes>, &'static str>;

/// A body whose pieces come from elsewhere, one at a time.
pub(crate) fn fed() -> (mpsc::UnboundedSender<Piece>, Body) {
    let (sender, receiver) = mpsc::unbounded_channel::<Piece>();
    let pieces = stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    (sender, Body::new(StreamBody::new(pieces)))
}

pub(crate) fn data(text: &'static str) -> Piece {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

/// The next frame of a body, within the time a check has.
pub(crate) async fn next(body: &mut Body) -> anyhow::Result<Option<Frame<Bytes>>> {
    let frame = in_time(body.frame()).await?.transpose();
    frame.map_err(|error| anyhow::anyhow!("{error}"))
}

/// What comes of a future, within the time a check has.
pub(crate) async fn in_time<T>(future: impl Future<Output = T>) -> anyhow::Result<T> {
    let came = tokio::time::timeout(PATIENCE, future).await;
    came.map_err(|_| anyhow::anyhow!("nothing came within {PATIENCE:?}"))
}
