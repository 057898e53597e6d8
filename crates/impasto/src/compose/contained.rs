use std::pin::Pin;
use std::task::{Context, Poll};

use super::failure::Facts;
use super::handler::AtOnceRef;
use super::panic::{Panic, contain};
use super::stack::with_room;
use super::{BoxFuture, Exchange, Next, Response};

/// What is left of a stack, running on an exchange where there is room for it. A panic does not leave it.
pub(super) struct Contained<'a> {
    state: State<'a>,
    /// Where the response goes. It is too large to be handed on through every return value.
    response: &'a mut Option<Response>,
}

enum State<'a> {
    Start(Next<'a>, &'a mut Exchange),
    Waiting(BoxFuture<'a, Response>),
    Over,
}

/// Answers where there is room for it. A panic is logged, and answered.
pub(super) fn contained_at_once(
    app: &AtOnceRef,
    exchange: &mut Exchange,
    response: &mut Option<Response>,
) {
    if let Err(panic) = contain(|| with_room(|| *response = Some(app(exchange)))) {
        *response = Some(Facts::from(&*exchange).answer_panic(*panic));
    }
}

impl<'a> Contained<'a> {
    pub(super) fn new(
        next: Next<'a>,
        exchange: &'a mut Exchange,
        response: &'a mut Option<Response>,
    ) -> Contained<'a> {
        Contained { state: State::Start(next, exchange), response }
    }
}

impl State<'_> {
    fn poll(&mut self, context: &mut Context<'_>, response: &mut Option<Response>) {
        if let State::Start(Next { steps: [step] }, exchange) = self
            && let Some(answer) = step.at_once(exchange)
        {
            *response = Some(answer(exchange));
            *self = State::Over;
        }
        if let State::Start(..) = self
            && let State::Start(next, exchange) = std::mem::replace(self, State::Over)
        {
            *self = State::Waiting(next.start(exchange));
        }
        if let State::Waiting(future) = self
            && let Poll::Ready(ready) = future.as_mut().poll(context)
        {
            *response = Some(ready);
        }
    }
}

impl Future for Contained<'_> {
    type Output = Option<Box<Panic>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Box<Panic>>> {
        let Contained { state, response } = &mut *self;
        match contain(|| with_room(|| state.poll(context, response))) {
            Ok(()) if response.is_none() => Poll::Pending,
            Ok(()) => Poll::Ready(None),
            Err(panic) => {
                // What panicked once may do so again while it is dropped.
                let _ = contain(|| with_room(|| *state = State::Over));
                Poll::Ready(Some(panic))
            }
        }
    }
}

impl Drop for Contained<'_> {
    fn drop(&mut self) {
        if let State::Waiting(_) = self.state {
            with_room(|| self.state = State::Over);
        }
    }
}
