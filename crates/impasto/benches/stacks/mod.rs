//! The stacks that are measured, each of one kind of filter that does nothing.

pub(crate) mod counting;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use http::HeaderValue;
use impasto::{App, Connection, Exchange, Filter, Hook, Next, Request, Response, filter_fn};
use tower::layer::util::Identity;

/// One kind of layer.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// A layer of the kind, as so many filters.
    filters: fn() -> Vec<Filter>,
}

pub(crate) const HOOK: Kind = Kind { name: "hook", filters: || vec![Filter::hook(Stateless)] };
pub(crate) const INSTANT: Kind =
    Kind { name: "hook-instant", filters: || vec![Filter::hook(Timed)] };
pub(crate) const HEADER: Kind =
    Kind { name: "hook-header", filters: || vec![Filter::hook(Remembering)] };
pub(crate) const ASYNC: Kind = Kind { name: "async", filters: || vec![filter_fn(pass)] };
pub(crate) const TOWER: Kind =
    Kind { name: "tower", filters: || vec![Filter::layer(Identity::new())] };
/// The worst case for hooks: no two of them are adjacent. One layer is an async filter and a hook.
pub(crate) const MIXED: Kind =
    Kind { name: "async+hook", filters: || vec![filter_fn(pass), Filter::hook(Stateless)] };
/// The worst case for tower layers: an exchange lies between each two. One layer is a tower layer and a hook.
pub(crate) const SPLIT: Kind = Kind {
    name: "tower+hook",
    filters: || vec![Filter::layer(Identity::new()), Filter::hook(Stateless)],
};

pub(crate) const KINDS: [Kind; 7] = [HOOK, INSTANT, HEADER, ASYNC, TOWER, MIXED, SPLIT];

/// An app inside `depth` layers of a kind.
pub(crate) struct Stack {
    app: App,
    connection: Arc<Connection>,
}

impl Stack {
    pub(crate) fn new(kind: Kind, depth: usize) -> Stack {
        let filters: Vec<Filter> = (0..depth).flat_map(|_| (kind.filters)()).collect();
        Stack { app: App::from_fn(empty).filtered(&filters), connection: Arc::default() }
    }

    /// Makes a request, answers it, and drops both, `times` times.
    pub(crate) fn run(&self, times: u64) {
        for _ in 0..times {
            let answer = self.app.clone().handle(Request::default(), Some(self.connection.clone()));
            let response = answer.now_or_never().expect("nothing in these stacks waits");
            assert!(std::hint::black_box(response).status().is_success());
        }
    }
}

async fn empty(_: &mut Exchange) -> Response {
    Response::default()
}

async fn pass(exchange: &mut Exchange, next: Next<'_>) -> Response {
    next.run(exchange).await
}

struct Stateless;

impl Hook for Stateless {
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        std::hint::black_box(exchange);
        ControlFlow::Continue(())
    }

    fn on_response(&self, _: &mut Exchange, (): (), response: &mut Response) {
        std::hint::black_box(response);
    }
}

struct Timed;

impl Hook<Instant> for Timed {
    fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response, Instant> {
        // One for all, so that the clock is not what is measured.
        static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
        ControlFlow::Continue(*START)
    }

    fn on_response(&self, _: &mut Exchange, start: Instant, _: &mut Response) {
        std::hint::black_box(start);
    }
}

struct Remembering;

impl Hook<HeaderValue> for Remembering {
    fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response, HeaderValue> {
        ControlFlow::Continue(HeaderValue::from_static("https://example.org"))
    }

    fn on_response(&self, _: &mut Exchange, origin: HeaderValue, _: &mut Response) {
        std::hint::black_box(origin);
    }
}
