use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use impasto::settings::Duration;
use impasto::{App, Body, BoxFuture, Exchange, Handler, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::time::{Sleep, sleep};

/// Answers with lines that come one by one.
///
/// ```ini
/// [app:slow]
/// use = egg:impasto-tests#slow
/// lines = 20
/// every = 100ms
/// ```
#[derive(Deserialize, JsonSchema)]
struct Slow {
    /// How many lines.
    lines: u32,
    /// The time before each.
    every: Duration,
}

register!("slow" => slow);

fn slow(settings: Slow) -> App {
    App::new(settings)
}

impl Handler for Slow {
    fn call<'a>(&'a self, _: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin(async {
            let every = self.every.get();
            let pause = Box::pin(sleep(every));
            Response::new(Body::new(Lines { sent: 0, lines: self.lines, every, pause }))
        })
    }
}

struct Lines {
    sent: u32,
    lines: u32,
    every: std::time::Duration,
    pause: Pin<Box<Sleep>>,
}

impl http_body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.sent == self.lines {
            return Poll::Ready(None);
        }
        ready!(self.pause.as_mut().poll(cx));
        self.pause = Box::pin(sleep(self.every));
        self.sent += 1;
        Poll::Ready(Some(Ok(Frame::data(format!("line {}\n", self.sent).into()))))
    }
}
