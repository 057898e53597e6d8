use std::sync::Arc;

use super::async_filter::AsyncRef;
use super::handler::AtOnceRef;
use super::hook_run::HookRun;
use super::service::ServiceRef;
use super::stack::with_room;
use super::{BoxFuture, Exchange, Handler, Next, Response};

/// What an [`App`](crate::App) is made of: a flat list of steps, innermost first, so that wrapping is a push.
///
/// The first is the app itself. A tower layer owns what it wraps, so it is the first of a chain too, and what it
/// wraps is a chain of its own.
#[derive(Clone)]
pub(super) struct Chain {
    pub(super) steps: Vec<Step>,
}

/// One thing to do with a request.
#[derive(Clone)]
pub(super) enum Step {
    Hooks(HookRun),
    Async(AsyncRef),
    Handler(Arc<dyn Handler>),
    AtOnce(AtOnceRef),
    Mostly(Mostly),
    Service(ServiceRef),
}

/// An app that never waits, but for some requests, which go another way.
#[derive(Clone)]
pub(super) struct Mostly {
    pub(super) answer: AtOnceRef,
    pub(super) waits: Arc<dyn Fn(&Exchange) -> bool + Send + Sync>,
    pub(super) otherwise: Arc<Chain>,
}

impl Step {
    /// What answers this request without waiting, if it can be.
    pub(super) fn at_once(&self, exchange: &Exchange) -> Option<&AtOnceRef> {
        match self {
            Step::AtOnce(answer) => Some(answer),
            Step::Mostly(mostly) => (!(mostly.waits)(exchange)).then_some(&mostly.answer),
            _ => None,
        }
    }

    pub(super) fn call<'a>(
        &'a self,
        exchange: &'a mut Exchange,
        next: Next<'a>,
    ) -> BoxFuture<'a, Response> {
        match self {
            Step::Hooks(run) => Box::pin(run.run(exchange, next)),
            Step::Async(filter) => filter.call(exchange, next),
            Step::Handler(handler) => handler.call(exchange),
            Step::AtOnce(answer) => Box::pin(async move { answer(exchange) }),
            Step::Mostly(mostly) => match (mostly.waits)(exchange) {
                true => Next { steps: &mostly.otherwise.steps }.run(exchange),
                false => Box::pin(async move { (mostly.answer)(exchange) }),
            },
            Step::Service(service) => {
                let (request, mount) = exchange.hand_over();
                service.call(request, Some(mount))
            }
        }
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        with_room(|| self.steps.clear());
    }
}
