use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::panic::{Panic, contain};
use super::stack::with_room;
use super::{BoxFuture, Exchange, Next, Response};

/// What is left of a stack, about to run on an exchange; its panics end here.
pub(super) struct Contained<'a> {
    state: State<'a>,
    /// Whether to look how much of the thread's stack is left.
    deep: bool,
}

enum State<'a> {
    Start(Next<'a>, &'a mut Exchange),
    Waiting(BoxFuture<'a, Response>),
    Over,
}

impl<'a> Contained<'a> {
    pub(super) fn new(next: Next<'a>, exchange: &'a mut Exchange, deep: bool) -> Contained<'a> {
        Contained { state: State::Start(next, exchange), deep }
    }
}

impl State<'_> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Response> {
        if let State::Start(..) = self
            && let State::Start(next, exchange) = std::mem::replace(self, State::Over)
        {
            *self = State::Waiting(next.start(exchange));
        }
        match self {
            State::Waiting(future) => future.as_mut().poll(context),
            _ => Poll::Pending,
        }
    }
}

impl Future for Contained<'_> {
    type Output = Result<Response, Panic>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<Response, Panic>> {
        let Contained { state, deep } = &mut *self;
        let outcome = match deep {
            true => contain(|| with_room(|| state.poll(context))),
            false => contain(|| state.poll(context)),
        };
        match outcome {
            Ok(poll) => Poll::Ready(Ok(ready!(poll))),
            Err(panic) => {
                // What panicked once may do so again while it is dropped.
                let _ = contain(|| with_room(|| *state = State::Over));
                Poll::Ready(Err(panic))
            }
        }
    }
}

impl Drop for Contained<'_> {
    fn drop(&mut self) {
        if self.deep && matches!(self.state, State::Waiting(_)) {
            with_room(|| self.state = State::Over);
        }
    }
}
