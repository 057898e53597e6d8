use std::sync::Arc;

use super::async_filter::AsyncRef;
use super::failure::Facts;
use super::hook_run::HookRun;
use super::service::ServiceRef;
use super::stack::with_room;
use super::{BoxFuture, Exchange, Handler, Next, Response};

/// What an [`App`](crate::App) is made of: a flat list of steps, and what is at the end of it.
///
/// A tower layer owns what it wraps, so it is the end of a chain, and what it wraps is a chain of its own.
pub(super) struct Chain {
    /// Innermost first, so that wrapping is a push.
    pub(super) steps: Vec<Step>,
    pub(super) end: End,
}

/// One thing to do on the way to the end.
#[derive(Clone)]
pub(super) enum Step {
    Hooks(HookRun),
    Async(AsyncRef),
}

#[derive(Clone)]
pub(super) enum End {
    Handler(Arc<dyn Handler>),
    Service(ServiceRef),
    /// Nothing: what a chain that is being dropped ends in.
    Gone,
}

impl Step {
    pub(super) fn call<'a>(
        &'a self,
        exchange: &'a mut Exchange,
        next: Next<'a>,
    ) -> BoxFuture<'a, Response> {
        match self {
            Step::Hooks(run) => Box::pin(run.run(exchange, next)),
            Step::Async(filter) => filter.call(exchange, next),
        }
    }
}

impl End {
    pub(super) fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        match self {
            End::Handler(handler) => handler.call(exchange),
            End::Service(service) => {
                let (request, mount) = exchange.hand_over();
                service.call(request, Some(mount))
            }
            End::Gone => {
                Box::pin(async { Facts::from(&*exchange).answer_error("the app is gone".into()) })
            }
        }
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        with_room(|| {
            self.steps.clear();
            self.end = End::Gone;
        });
    }
}
