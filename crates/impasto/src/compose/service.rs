use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::failure::Facts;
use super::panic::contain;
use super::stack::with_room;
use super::{Body, BoxError, BoxFuture, Mount, Request, Response};

/// The future of an [`App`](crate::App), or of the [`Rest`](crate::Rest) of one, as a tower service.
pub struct ServiceFuture(pub(super) BoxFuture<'static, Response>);

impl Future for ServiceFuture {
    type Output = Result<Response, Infallible>;

    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<Response, Infallible>> {
        self.0.as_mut().poll(context).map(Ok)
    }
}

/// A tower service with its type forgotten.
pub(super) type ServiceRef = Arc<dyn Erased>;

pub(super) trait Erased: Send + Sync {
    fn call(&self, request: Request, mount: Option<Mount>) -> BoxFuture<'static, Response>;
}

type Answer = Arc<dyn Fn(BoxError) -> Response + Send + Sync>;

/// The way into a tower service, which is cloned for each request.
pub(super) struct Bridge<S> {
    service: S,
    answer: Option<Answer>,
}

impl<S> Bridge<S> {
    pub(super) fn new(service: S) -> Bridge<S> {
        Bridge { service, answer: None }
    }

    pub(super) fn answering(service: S, answer: Answer) -> Bridge<S> {
        Bridge { service, answer: Some(answer) }
    }
}

impl<S, B> Erased for Bridge<S>
where
    S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>,
    S: Clone + Send + Sync + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn call(&self, request: Request, mount: Option<Mount>) -> BoxFuture<'static, Response> {
        let state = State::Ready { service: self.service.clone(), request: Some(request) };
        Box::pin(Call { state, mount, answer: self.answer.clone() })
    }
}

pin_project! {
    /// One request on its way through the service. Its panics and its errors end here.
    struct Call<S: Service<Request>> {
        #[pin]
        state: State<S, S::Future>,
        mount: Option<Mount>,
        answer: Option<Answer>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, F> {
        Ready { service: S, request: Option<Request> },
        Called { #[pin] future: F },
        Over,
    }
}

impl<S: Service<Request>> State<S, S::Future> {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<S::Response, S::Error>> {
        if let StateProjection::Ready { service, request } = self.as_mut().project() {
            ready!(service.poll_ready(context))?;
            if let Some(request) = request.take() {
                let future = service.call(request);
                self.set(State::Called { future });
            }
        }
        match self.project() {
            StateProjection::Called { future } => future.poll(context),
            _ => Poll::Pending,
        }
    }
}

impl<S, B> Future for Call<S>
where
    S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>>,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Output = Response;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let mut this = self.project();
        let (mut state, mount) = (this.state.as_mut(), this.mount);
        let outcome =
            contain(|| with_room(|| Mount::scope(mount, || state.as_mut().poll(context))));
        Poll::Ready(match outcome {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ok(response))) => response.map(Body::new),
            Ok(Poll::Ready(Err(error))) => match this.answer {
                Some(answer) => answer(error.into()),
                None => Facts::from(mount.as_ref()).answer_error(error.into()),
            },
            Err(panic) => {
                // What panicked once may do so again while it is dropped.
                let _ = contain(|| state.set(State::Over));
                Facts::from(mount.as_ref()).answer_panic(*panic)
            }
        })
    }
}
