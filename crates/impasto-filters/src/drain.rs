//! What a client still sends when it has its answer.

use std::time::Duration;

use http::header::EXPECT;
use http_body_util::BodyExt;
use impasto::{Body, Exchange};

/// How long what a client still sends is read.
pub(crate) const LINGER: Duration = Duration::from_secs(2);

/// Reads a body that nobody wants, in the background, for a while.
pub(crate) fn drain(mut body: Body) {
    // Outside of a runtime there is no client whose connection would have to be kept.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    runtime.spawn(tokio::time::timeout(LINGER, async move {
        while let Some(Ok(_)) = body.frame().await {}
    }));
}

/// Reads the body of a request that is refused, unless the client waits to be told to send it.
pub(crate) fn refused(exchange: &mut Exchange) {
    let body = exchange.take_body();
    // Reading the body is what tells a client that waits for a `100 Continue` to send it.
    if !exchange.headers().contains_key(EXPECT) {
        drain(body);
    }
}
