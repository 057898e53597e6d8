use std::ops::ControlFlow;
use std::sync::Arc;

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use impasto::settings::Duration;
use impasto::{Exchange, Filter, Hook, Next, Response, filter_with, register};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::text;

/// Lets a bounded number of requests be answered at once, and turns away what is more with 503.
///
/// A service that takes more than it can do answers nobody in time; one that refuses the rest at once
/// answers as many as it can. A request counts until its response is over, body included. With
/// `max_waiting` as many others wait for their turn, in order, for up to `wait`. `Retry-After` tells clients
/// when to come again. Each worker counts for itself.
///
/// It belongs around what is scarce, and inside `healthcheck`, which should answer all the more when there
/// is much to do.
///
/// ```ini
/// [filter:concurrency_limit]
/// use = egg:impasto#concurrency_limit
/// max = 1000
/// retry_after = 5s
/// ```
#[derive(Deserialize, JsonSchema)]
struct ConcurrencyLimit {
    /// How many requests are answered at once in a worker; 1 or more.
    #[schemars(range(min = 1))]
    max: u32,
    /// How many more wait for their turn. 0 by default: what is too much is turned away at once.
    #[serde(default)]
    max_waiting: u32,
    /// How long one waits at most. 1s by default.
    #[serde(default = "a_second")]
    wait: Duration,
    /// When a client that was turned away should come again, in whole seconds. 1s by default.
    #[serde(default = "a_second")]
    retry_after: Duration,
}

fn a_second() -> Duration {
    Duration::from_secs(1)
}

register!("concurrency_limit" => concurrency_limit, may answer);

// Not tower's two layers: their permit ends with the head of the response, and a queue of theirs has no end.
fn concurrency_limit(settings: ConcurrencyLimit) -> anyhow::Result<Filter> {
    let limit = Limit {
        places: places(settings.max),
        retry_after: settings.retry_after.get().as_secs().into(),
    };
    Ok(match settings.max_waiting {
        0 => Filter::hook(limit),
        waiting => {
            let room = places(waiting);
            filter_with(Queue { limit, room, wait: settings.wait.get() }, wait_for_a_place)
        }
    })
}

fn places(count: u32) -> Arc<Semaphore> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)))
}

struct Limit {
    places: Arc<Semaphore>,
    retry_after: HeaderValue,
}

impl Hook<OwnedSemaphorePermit> for Limit {
    fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response, OwnedSemaphorePermit> {
        match self.places.clone().try_acquire_owned() {
            Ok(place) => ControlFlow::Continue(place),
            Err(_) => ControlFlow::Break(self.refusal()),
        }
    }

    fn on_response(&self, _: &mut Exchange, place: OwnedSemaphorePermit, response: &mut Response) {
        // What is in memory costs the service nothing more.
        if response.body().as_bytes().is_none() {
            let body = std::mem::take(response.body_mut());
            *response.body_mut() = body.on_end(move |_| drop(place));
        }
    }
}

impl Limit {
    #[cold]
    fn refusal(&self) -> Response {
        let words = "The service has too much to do. Try again later.\n";
        let mut answer = text::text(StatusCode::SERVICE_UNAVAILABLE, words);
        answer.headers_mut().insert(RETRY_AFTER, self.retry_after.clone());
        answer
    }
}

struct Queue {
    limit: Limit,
    /// Places to wait at.
    room: Arc<Semaphore>,
    wait: std::time::Duration,
}

async fn wait_for_a_place(queue: &Queue, exchange: &mut Exchange, next: Next<'_>) -> Response {
    let limit = &queue.limit;
    let place = match limit.places.clone().try_acquire_owned() {
        Ok(place) => place,
        Err(_) => {
            let Ok(_waiting) = queue.room.try_acquire() else { return limit.refusal() };
            let turn = limit.places.clone().acquire_owned();
            match tokio::time::timeout(queue.wait, turn).await {
                Ok(Ok(place)) => place,
                _ => return limit.refusal(),
            }
        }
    };
    let mut response = next.run(exchange).await;
    limit.on_response(exchange, place, &mut response);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{get, send, streamed, wrap};
    use impasto::App;
    use tokio::sync::Notify;

    fn limit(max_waiting: u32, wait: Duration, app: App) -> App {
        let retry_after = Duration::from_secs(7);
        let settings = ConcurrencyLimit { max: 2, max_waiting, wait, retry_after };
        wrap(concurrency_limit(settings).unwrap(), app)
    }

    /// An app that answers when it is told to.
    fn held() -> (Arc<Notify>, App) {
        let go = Arc::new(Notify::new());
        let told = go.clone();
        let wait = filter_with(
            told,
            async |told: &Arc<Notify>, exchange: &mut Exchange, next: Next<'_>| {
                told.notified().await;
                next.run(exchange).await
            },
        );
        let app = App::at_once(|_: &mut Exchange| Response::new("done".into()));
        (go, wrap(wait, app))
    }

    #[tokio::test]
    async fn what_is_too_much_is_turned_away_at_once() {
        let (go, app) = held();
        let app = limit(0, a_second(), app);
        let busy: Vec<_> = (0..2)
            .map(|_| {
                tokio::spawn({
                    let app = app.clone();
                    async move { send(&app, get("/")).await.status() }
                })
            })
            .collect();
        tokio::task::yield_now().await;
        let refused = send(&app, get("/")).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()[RETRY_AFTER], "7");
        for one in busy {
            go.notify_one();
            assert_eq!(one.await.unwrap(), StatusCode::OK);
        }
        go.notify_one();
        assert_eq!(send(&app, get("/")).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_request_counts_until_its_body_is_over_or_it_is_given_up() {
        let app = App::at_once(|_: &mut Exchange| Response::new(streamed("done")));
        let app = limit(0, a_second(), app);
        let (one, two) = (send(&app, get("/")).await, send(&app, get("/")).await);
        assert_eq!(send(&app, get("/")).await.status(), 503);
        drop(one);
        assert_eq!(send(&app, get("/")).await.status(), 200);
        drop(two);
        let (_, app) = held();
        let app = limit(0, a_second(), app);
        for _ in 0..5 {
            let waiting = tokio::spawn({
                let app = app.clone();
                async move { send(&app, get("/")).await.status() }
            });
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
            waiting.abort();
            assert!(waiting.await.is_err());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn some_may_wait_for_their_turn_but_not_for_ever() {
        let (go, app) = held();
        let app = limit(1, Duration::from_secs(5), app);
        let ask = || {
            tokio::spawn({
                let app = app.clone();
                async move { send(&app, get("/")).await.status().as_u16() }
            })
        };
        let (one, two, third) = (ask(), ask(), ask());
        tokio::task::yield_now().await;
        assert_eq!(ask().await.unwrap(), 503);
        go.notify_one();
        assert_eq!(one.await.unwrap(), 200);
        tokio::task::yield_now().await;
        let fourth = ask();
        let start = tokio::time::Instant::now();
        assert_eq!(fourth.await.unwrap(), 503);
        assert_eq!(start.elapsed(), std::time::Duration::from_secs(5));
        go.notify_one();
        go.notify_one();
        assert_eq!((two.await.unwrap(), third.await.unwrap()), (200, 200));
    }

    #[test]
    fn wrong_settings_are_named() {
        let error = crate::testing::refused::<ConcurrencyLimit>(&[("max", "0")]);
        assert_eq!(error, "`max` must be a whole number, 1 or more, not `0`");
    }
}
