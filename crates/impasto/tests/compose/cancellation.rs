use std::ops::ControlFlow;
use std::time::Duration;

use impasto::{App, Exchange, Filter, Hook, Next, Response, filter_fn};
use tower::layer::util::Identity;

use crate::support::{Log, get};

/// Logs every request, also one that never gets a response.
struct Aborts(&'static str, Log);

struct Open(&'static str, Log);

impl Drop for Open {
    fn drop(&mut self) {
        self.1.add(format!("{} aborted", self.0));
    }
}

impl Hook<Open> for Aborts {
    fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response, Open> {
        ControlFlow::Continue(Open(self.0, self.1.clone()))
    }
}

async fn forever(_: &mut Exchange) -> Response {
    std::future::pending().await
}

#[tokio::test]
async fn a_client_that_goes_away_drops_the_states() {
    let log = Log::default();
    let hook = |name| Filter::hook(Aborts(name, log.clone()));
    let app =
        App::from_fn(forever).filtered(&[hook("a"), Filter::layer(Identity::new()), hook("b")]);
    let gone = tokio::time::timeout(Duration::from_millis(5), get(&app, "/")).await;
    assert!(gone.is_err());
    assert_eq!(log.take(), ["b aborted", "a aborted"]);
}

#[tokio::test]
async fn a_timeout_drops_what_is_inside_it_before_it_answers() {
    let log = Log::default();
    async fn timeout(exchange: &mut Exchange, next: Next<'_>) -> Response {
        match tokio::time::timeout(Duration::from_millis(5), next.run(exchange)).await {
            Ok(response) => response,
            Err(_) => http::Response::builder().status(503).body(Default::default()).unwrap(),
        }
    }
    let inner = Filter::hook(Aborts("inner", log.clone()));
    let app = App::from_fn(forever).filtered(&[log.hook("outer"), filter_fn(timeout), inner]);
    assert_eq!(get(&app, "/").await.status(), 503);
    assert_eq!(log.take(), ["outer", "inner aborted", "OUTER 503"]);
}
