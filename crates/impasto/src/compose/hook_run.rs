use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::contained::contained_at_once;
use super::failure::Facts;
use super::handler::AtOnceRef;
use super::panic::contain;
use super::states::{States, unit};
use super::{Exchange, Hook, Next, Response};

/// Adjacent hooks, run in one loop by one future.
#[derive(Clone)]
pub(super) struct HookRun {
    /// Innermost first, so that wrapping is a push.
    hooks: Vec<HookRef>,
    /// How many of them have a state.
    stateful: usize,
}

/// A hook with its state's type forgotten.
pub(super) type HookRef = Arc<dyn Erased>;

pub(super) trait Erased: Send + Sync {
    fn has_state(&self) -> bool;
    fn enter(&self, exchange: &mut Exchange, states: &mut States) -> ControlFlow<Response>;
    fn leave(&self, exchange: &mut Exchange, states: &mut States, response: &mut Response);
}

struct Typed<H, S>(H, PhantomData<fn() -> S>);

pub(super) fn erase<S: Send + 'static>(hook: impl Hook<S>) -> HookRef {
    Arc::new(Typed(hook, PhantomData))
}

impl<S: Send + 'static, H: Hook<S>> Erased for Typed<H, S> {
    fn has_state(&self) -> bool {
        unit::<S>().is_none()
    }

    fn enter(&self, exchange: &mut Exchange, states: &mut States) -> ControlFlow<Response> {
        states.push(self.0.on_request(exchange)?);
        ControlFlow::Continue(())
    }

    fn leave(&self, exchange: &mut Exchange, states: &mut States, response: &mut Response) {
        if let Some(state) = states.pop() {
            self.0.on_response(exchange, state, response);
        }
    }
}

impl HookRun {
    pub(super) fn new(hook: HookRef) -> HookRun {
        let mut run = HookRun { hooks: Vec::new(), stateful: 0 };
        run.push(hook);
        run
    }

    pub(super) fn push(&mut self, hook: HookRef) {
        self.stateful += usize::from(hook.has_state());
        self.hooks.push(hook);
    }

    pub(super) async fn run(&self, exchange: &mut Exchange, next: Next<'_>) -> Response {
        let mut states = States::with_capacity(self.stateful);
        let mut response = None;
        let inside = self.enter(exchange, &mut states, &mut response);
        if response.is_none() {
            next.contained_into(exchange, &mut response).await;
        }
        self.leave(inside, exchange, &mut states, response.get_or_insert_default());
        response.unwrap_or_default()
    }

    /// The same around an app that never waits, for one who has a place for the response.
    pub(super) fn run_at_once(
        &self,
        exchange: &mut Exchange,
        app: &AtOnceRef,
        response: &mut Option<Response>,
    ) {
        let mut states = States::with_capacity(self.stateful);
        let inside = self.enter(exchange, &mut states, response);
        if response.is_none() {
            contained_at_once(app, exchange, response);
        }
        self.leave(inside, exchange, &mut states, response.get_or_insert_default());
    }

    /// Shows the request to the hooks, outermost first, until one gives a response. Those from the index on that this
    /// returns have then let it pass.
    fn enter(
        &self,
        exchange: &mut Exchange,
        states: &mut States,
        response: &mut Option<Response>,
    ) -> usize {
        let mut inside = self.hooks.len();
        let outcome = contain(|| {
            for hook in self.hooks.iter().rev() {
                if let ControlFlow::Break(answer) = hook.enter(exchange, states) {
                    *response = Some(answer);
                    break;
                }
                inside -= 1;
            }
        });
        if let Err(panic) = outcome {
            *response = Some(Facts::from(&*exchange).answer_panic(*panic));
        }
        inside
    }

    /// Shows the response to the hooks from `inside` on, innermost first. After a panic the next one sees a 500.
    fn leave(
        &self,
        inside: usize,
        exchange: &mut Exchange,
        states: &mut States,
        response: &mut Response,
    ) {
        let mut hooks = self.hooks[inside..].iter();
        while let Err(panic) =
            contain(|| hooks.by_ref().for_each(|hook| hook.leave(exchange, states, response)))
        {
            *response = Facts::from(&*exchange).answer_panic(*panic);
        }
    }
}
