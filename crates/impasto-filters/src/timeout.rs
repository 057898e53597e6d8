use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use http::StatusCode;
use impasto::settings::Duration;
use impasto::{
    Exchange, Filter, Next, Response, SettingError, SettingErrors, filter_with, register,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::time::sleep;
use tower_http::timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer};

use crate::text;

/// Answers for an app that takes too long.
///
/// When no answer has come after `timeout`, what is inside is abandoned (its futures are dropped where
/// they wait) and the client gets a 503. The time is that until the head of the answer is there: a body
/// that is being sent may take longer, and so may the reading of the request's body by an app that has
/// begun to answer. An app that computes without waiting cannot be interrupted; it is answered for when
/// it next waits.
///
/// `request_body_timeout` and `response_body_timeout` are for the bodies: the longest pause in one. After a longer one the
/// body ends in an error, which the app sees of the request's, and the client as an answer that breaks off. Against
/// clients that are slow, the server has limits of its own for all of its apps.
///
/// It belongs inside `request_id` and `access_log`, which then see its answer, and outside the filters
/// whose own waiting should count.
///
/// ```ini
/// [filter:timeout]
/// use = egg:impasto#timeout
/// timeout = 10s
/// status = 504
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Timeout {
    /// How long an answer may take.
    timeout: Duration,
    /// The status of the answer that is given then, from 400 to 599.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// How long the app waits for the next piece of the request's body. There is no limit by default.
    request_body_timeout: Option<Duration>,
    /// How long the app may take for the next piece of its answer's body. There is no limit by default.
    response_body_timeout: Option<Duration>,
}

impl Default for Timeout {
    fn default() -> Timeout {
        Timeout {
            timeout: Duration::from_secs(30),
            status: 503,
            request_body_timeout: None,
            response_body_timeout: None,
        }
    }
}

register!("timeout" => timeout, may answer);

// Not tower-http's layer: it makes a timer for every request, also for the many that never wait, and as
// a tower layer moves the request twice.
fn timeout(settings: Timeout) -> anyhow::Result<Filter> {
    let times = [
        ("timeout", Some(settings.timeout)),
        ("request_body_timeout", settings.request_body_timeout),
        ("response_body_timeout", settings.response_body_timeout),
    ];
    let mut errors = SettingErrors::default();
    for (key, _) in times.iter().filter(|(_, time)| time.is_some_and(|time| time.is_zero())) {
        let error = SettingError::new(*key, "nothing can be there at once");
        errors.check::<()>(Err(error.help("leave it out for no limit, or the filter")));
    }
    errors.finish(())?;
    let status = StatusCode::from_u16(settings.status)?;
    let head = filter_with(Limit { after: settings.timeout.get(), status }, in_time);
    // A body is seldom limited, and its pauses are what tower-http's layers are for.
    let request =
        settings.request_body_timeout.map(|time| RequestBodyTimeoutLayer::new(time.get()));
    let response = settings.response_body_timeout;
    let response = response.map(|time| ResponseBodyTimeoutLayer::new(time.get()));
    let bodies = [request.map(Filter::layer), response.map(Filter::layer)];
    let bodies: Vec<Filter> = bodies.into_iter().flatten().collect();
    Ok(Filter::wrap(move |app| {
        // What never waits is never late.
        let app = match app.never_waits() {
            true => app,
            false => app.filtered(std::slice::from_ref(&head)),
        };
        app.filtered(&bodies)
    }))
}

struct Limit {
    after: std::time::Duration,
    status: StatusCode,
}

async fn in_time(limit: &Limit, exchange: &mut Exchange, next: Next<'_>) -> Response {
    let mut rest = next.run(exchange);
    // Most answers are there at once, and need neither a timer nor a clock.
    let mut alarm = pin!(None);
    poll_fn(move |context| match rest.as_mut().poll(context) {
        Poll::Pending => {
            if alarm.is_none() {
                alarm.set(Some(sleep(limit.after)));
            }
            let alarm = alarm.as_mut().as_pin_mut();
            let rings = alarm.is_some_and(|alarm| alarm.poll(context).is_ready());
            match rings {
                true => Poll::Ready(text(limit.status, "there was no answer in time\n")),
                false => Poll::Pending,
            }
        }
        ready => ready,
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer_to, send, with_body, wrap};
    use futures_util::StreamExt;
    use http_body::Frame;
    use http_body_util::{BodyExt, StreamBody};
    use impasto::{App, Body};
    use std::time::{Duration as Time, Instant};

    fn app(settings: Timeout) -> App {
        let app = App::from_fn(async |exchange: &mut Exchange| {
            let time = match exchange.path() {
                "/slow" => Time::from_secs(60),
                _ => Time::from_millis(1),
            };
            tokio::time::sleep(time).await;
            Response::new(Body::from("done"))
        });
        wrap(timeout(settings).unwrap(), app)
    }

    #[tokio::test]
    async fn an_app_that_takes_too_long_is_answered_for() {
        let app = app(Timeout { timeout: Duration::from_millis(20), ..Timeout::default() });
        let start = Instant::now();
        assert_eq!(answer_to(&app, "/slow").await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert!(start.elapsed() >= Time::from_millis(20) && start.elapsed() < Time::from_secs(30));
    }

    #[tokio::test]
    async fn an_answer_in_time_passes() {
        assert_eq!(answer_to(&app(Timeout::default()), "/").await.1, "done");
    }

    #[tokio::test]
    async fn the_status_can_be_chosen() {
        let app =
            app(Timeout { timeout: Duration::from_millis(1), status: 504, ..Timeout::default() });
        assert_eq!(answer_to(&app, "/slow").await.0, StatusCode::GATEWAY_TIMEOUT);
    }

    /// A body of which something comes, and no more.
    fn unfinished() -> Body {
        let frame = Ok::<_, std::io::Error>(Frame::data("begun".into()));
        let never = futures_util::stream::pending();
        Body::new(StreamBody::new(futures_util::stream::iter([frame]).chain(never)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_pauses_too_long_ends_in_an_error() {
        let settings = Timeout {
            request_body_timeout: Some(Duration::from_secs(5)),
            response_body_timeout: Some(Duration::from_secs(7)),
            ..Timeout::default()
        };
        let app = App::from_fn(async |exchange: &mut Exchange| {
            let read = exchange.body_mut().collect().await;
            assert!(read.is_err());
            Response::new(unfinished())
        });
        let app = wrap(timeout(settings).unwrap(), app);
        let start = tokio::time::Instant::now();
        let response = send(&app, with_body("POST", "/", unfinished())).await;
        assert_eq!((response.status().as_u16(), start.elapsed().as_secs()), (200, 5));
        assert!(response.into_body().collect().await.is_err());
        assert_eq!(start.elapsed().as_secs(), 12);
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = |settings| timeout(settings).unwrap_err().to_string();
        let zero = Timeout { timeout: Duration::from_secs(0), ..Timeout::default() };
        assert!(wrong(zero).starts_with("`timeout`: "));
        let zero = Some(Duration::from_secs(0));
        let zero = Timeout { response_body_timeout: zero, ..Timeout::default() };
        assert!(wrong(zero).starts_with("`response_body_timeout`: "));
        for status in ["0", "200", "399", "600", "999"] {
            let error = crate::testing::refused::<Timeout>(&[("status", status)]);
            let range = "must be a whole number from 400 to 599";
            assert_eq!(error, format!("`status` {range}, not `{status}`"));
        }
    }
}
