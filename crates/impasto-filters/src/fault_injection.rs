mod target;

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http_body::{Frame, SizeHint};
use impasto::settings::Duration;
use impasto::{Body, Exchange, Filter, Hook, Next, Response, SettingError, filter_with, register};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::chance::Chance;
use crate::text;
use target::Target;

/// Makes some requests slow, fails them, or breaks their answers off, to see what clients make of it.
///
/// Each fault has its own percentage, and strikes by itself: a request may be delayed and then fail. Which
/// requests may be struck is said by `paths`, `methods` and `header`; all that are given must fit, and by
/// default all requests do. A fault is written to the log, and an answer with a `status` says in its body
/// that it was injected; the app is not asked then.
///
/// It belongs where the fault would come from: outside of the app, and inside `timeout` and `catch_errors`
/// when these are what is tried. It has no place in front of clients that did not ask for it.
///
/// ```ini
/// [filter:faults]
/// use = egg:impasto#fault_injection
/// delay = 2s
/// delay_percentage = 10
/// status = 503
/// status_percentage = 1
/// paths = /v2.1/servers
/// header.X-Fault = *
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct FaultInjection {
    /// How long a request is held up. Not at all by default.
    delay: Option<Duration>,
    /// The percentage of requests that are held up, from 0 to 100, where `delay` is given.
    #[schemars(range(min = 0, max = 100))]
    delay_percentage: f64,
    /// The status that requests are answered with, from 400 to 599. None by default.
    #[schemars(range(min = 400, max = 599))]
    status: Option<u16>,
    /// The percentage of requests that are answered so, where `status` is given.
    #[schemars(range(min = 0, max = 100))]
    status_percentage: f64,
    /// The percentage of answers that break off: the connection is closed, or in HTTP/2 the stream reset,
    /// before the answer is whole. 0 by default.
    #[schemars(range(min = 0, max = 100))]
    abort_percentage: f64,
    /// Paths, and all that is below them, that may be struck; with their mount point. All by default.
    paths: Vec<String>,
    /// Methods that may be struck. All by default.
    methods: Vec<String>,
    /// Headers that a request must have to be struck: `header.NAME = VALUE`, `*` for any value.
    header: BTreeMap<String, String>,
}

impl Default for FaultInjection {
    fn default() -> FaultInjection {
        FaultInjection {
            delay: None,
            delay_percentage: 100.0,
            status: None,
            status_percentage: 100.0,
            abort_percentage: 0.0,
            paths: Vec::new(),
            methods: Vec::new(),
            header: BTreeMap::new(),
        }
    }
}

register!("fault_injection" => fault_injection,
    may answer change_body,
    order [
        after "access_log", "compute_request_log", "translogger", "metrics", "stats", "openstack_stats":
            "what is injected would not be in what the other one logs or counts";
    ],
);

fn fault_injection(settings: FaultInjection) -> anyhow::Result<Filter> {
    let status = settings.status.map(StatusCode::from_u16).transpose()?;
    let delays = Chance::of(settings.delay_percentage);
    let fails = Chance::of(settings.status_percentage);
    let faults = Faults {
        target: Target::of(&settings)?,
        fails: status.map(|status| (status, fails)),
        aborts: Chance::of(settings.abort_percentage),
    };
    match settings.delay {
        Some(delay) => Ok(filter_with(Slow { delay: delay.get(), delays, faults }, slowly)),
        None if faults.fails.is_none() && faults.aborts == Chance::Never => {
            let error = SettingError::new("delay", "must be given, or another fault");
            Err(error.help("the others are `status` and `abort_percentage`").into())
        }
        None => Ok(Filter::hook(faults)),
    }
}

/// The faults that need no waiting.
struct Faults {
    target: Target,
    fails: Option<(StatusCode, Chance)>,
    aborts: Chance,
}

/// Whether an answer breaks off.
type Aborts = bool;

impl Hook<Aborts> for Faults {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, Aborts> {
        match self.target.has(exchange) {
            true => self.strike(exchange),
            false => ControlFlow::Continue(false),
        }
    }

    fn on_response(&self, _: &mut Exchange, aborts: Aborts, response: &mut Response) {
        if aborts {
            *response.body_mut() = Body::new(Broken);
        }
    }
}

impl Faults {
    fn strike(&self, exchange: &Exchange) -> ControlFlow<Response, Aborts> {
        if self.aborts.strikes() {
            tell(exchange, "abort");
            return ControlFlow::Continue(true);
        }
        match self.fails {
            Some((status, chance)) if chance.strikes() => {
                tell(exchange, "status");
                ControlFlow::Break(text(status, "This fault was injected.\n"))
            }
            _ => ControlFlow::Continue(false),
        }
    }
}

fn tell(exchange: &Exchange, fault: &str) {
    tracing::info!(fault, path = exchange.uri().path(), "a fault was injected");
}

/// A delay before the other faults.
struct Slow {
    delay: std::time::Duration,
    delays: Chance,
    faults: Faults,
}

async fn slowly(slow: &Slow, exchange: &mut Exchange, next: Next<'_>) -> Response {
    if !slow.faults.target.has(exchange) {
        return next.run(exchange).await;
    }
    if slow.delays.strikes() {
        tell(exchange, "delay");
        tokio::time::sleep(slow.delay).await;
    }
    match slow.faults.strike(exchange) {
        ControlFlow::Break(answer) => answer,
        ControlFlow::Continue(aborts) => {
            let mut response = next.run(exchange).await;
            slow.faults.on_response(exchange, aborts, &mut response);
            response
        }
    }
}

/// A body that fails where its first byte should be.
struct Broken;

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(Err(io::Error::other("this fault was injected"))))
    }

    fn size_hint(&self) -> SizeHint {
        // A length, so that every client notices that something is missing.
        SizeHint::with_exact(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, get, named, send, settings, with_body, wrap};
    use http_body_util::BodyExt;
    use impasto::App;
    use tokio::time::Instant;

    fn app(options: &[(&str, &str)]) -> App {
        wrap(fault_injection(settings(options)).unwrap(), named("app"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_is_held_up() {
        let start = Instant::now();
        let app = app(&[("delay", "5s"), ("paths", "/slow")]);
        assert_eq!(answer_to(&app, "/fast").await.1, "app |/fast");
        assert_eq!(start.elapsed().as_secs(), 0);
        assert_eq!(answer_to(&app, "/slow").await.1, "app |/slow");
        assert_eq!(start.elapsed().as_secs(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_fails_at_once_or_after_the_delay() {
        let failed = (StatusCode::IM_A_TEAPOT, "This fault was injected.\n".to_owned());
        assert_eq!(answer_to(&app(&[("status", "418")]), "/").await, failed);
        let start = Instant::now();
        assert_eq!(answer_to(&app(&[("status", "418"), ("delay", "1s")]), "/").await, failed);
        assert_eq!(start.elapsed().as_secs(), 1);
    }

    #[tokio::test]
    async fn an_answer_breaks_off() {
        let response = send(&app(&[("abort_percentage", "100")]), get("/")).await;
        assert_eq!(http_body::Body::size_hint(response.body()).exact(), Some(1));
        assert!(response.into_body().collect().await.is_err());
    }

    #[tokio::test]
    async fn some_are_struck_and_others_are_not() {
        let app = app(&[("status", "500"), ("status_percentage", "30")]);
        let mut struck = 0;
        for _ in 0..1_000 {
            struck += i32::from(answer_to(&app, "/").await.0 == 500);
        }
        assert!((200..400).contains(&struck), "{struck}");
    }

    #[tokio::test]
    async fn all_that_is_given_must_fit() {
        let app = app(&[
            ("status", "500"),
            ("paths", "/a /b"),
            ("methods", "GET PUT"),
            ("header.X-Fault", "now"),
            ("header.X-Any", "*"),
        ]);
        for (method, path, fault, any, status) in [
            ("GET", "/a/x", "now", Some(""), 500),
            ("PUT", "/b", "now", Some("y"), 500),
            ("POST", "/a", "now", Some("y"), 200),
            ("GET", "/c", "now", Some("y"), 200),
            ("GET", "/a", "later", Some("y"), 200),
            ("GET", "/a", "now", None, 200),
        ] {
            let mut request = with_body(method, path, "");
            request.headers_mut().insert("x-fault", fault.parse().unwrap());
            if let Some(any) = any {
                request.headers_mut().insert("x-any", any.parse().unwrap());
            }
            assert_eq!(send(&app, request).await.status(), status, "{method} {path} {fault}");
        }
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |options: &[_]| fault_injection(settings(options)).unwrap_err().to_string();
        assert_eq!(wrong(&[]), "`delay` must be given, or another fault");
        let refused = |key, text| crate::testing::refused::<FaultInjection>(&[(key, text)]);
        let error = "`status` must be a whole number from 400 to 599, not `200`";
        assert_eq!(refused("status", "200"), error);
        for key in ["delay_percentage", "status_percentage", "abort_percentage"] {
            let error = refused(key, "100.1");
            assert_eq!(error, format!("`{key}` must be a number from 0 to 100, not `100.1`"));
        }
        let error = wrong(&[("delay", "1s"), ("header.a b", "x")]);
        assert_eq!(error, "`header.a b`: \"a b\" is not the name of a header");
        let error = wrong(&[("delay", "1s"), ("methods", "G(T")]);
        assert_eq!(error, "`methods`: \"G(T\" is not a method");
    }
}
