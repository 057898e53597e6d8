use std::ops::ControlFlow;

use super::{Exchange, Response};

/// A filter that never waits: it looks at the request on the way in, and at the response on the way out.
///
/// This is the cheapest kind and the one most filters should be. Adjacent hooks run in one loop, without a future of
/// their own.
///
/// What a hook wants to remember from the request until the response is its state `S`: `on_request` returns it,
/// `on_response` is given it back. If the client goes away, or a panic or a timeout further out ends the request,
/// `on_response` is not called and the state is dropped: what must happen for every request belongs in the state's
/// `Drop`.
///
/// ```
/// use std::ops::ControlFlow;
/// use std::time::Instant;
/// use impasto::{Exchange, Filter, Hook, Response};
///
/// struct ServerTiming;
///
/// impl Hook<Instant> for ServerTiming {
///     fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response, Instant> {
///         ControlFlow::Continue(Instant::now())
///     }
///
///     fn on_response(&self, _: &mut Exchange, start: Instant, response: &mut Response) {
///         let value = format!("total;dur={}", start.elapsed().as_millis());
///         if let Ok(value) = value.parse() {
///             response.headers_mut().insert("server-timing", value);
///         }
///     }
/// }
///
/// let filter = Filter::hook(ServerTiming);
/// # let _ = filter;
/// ```
pub trait Hook<S = ()>: Send + Sync + 'static {
    /// Sees the request before the filters further in. `Break` answers it at once: they and the app never see it,
    /// the filters further out see the answer, this hook's own `on_response` does not.
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response, S>;

    /// Sees the response that comes from further in. What is still known of the request then is said at
    /// [`Exchange`].
    fn on_response(&self, exchange: &mut Exchange, state: S, response: &mut Response) {
        let _ = (exchange, state, response);
    }
}

/// A closure as the hook of [`Filter::on_request`](crate::Filter::on_request).
pub(super) struct OnRequest<F>(pub(super) F);

impl<F> Hook for OnRequest<F>
where
    F: Fn(&mut Exchange) -> ControlFlow<Response> + Send + Sync + 'static,
{
    fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
        (self.0)(exchange)
    }
}

/// A closure as the hook of [`Filter::on_response`](crate::Filter::on_response).
pub(super) struct OnResponse<F>(pub(super) F);

impl<F> Hook for OnResponse<F>
where
    F: Fn(&mut Exchange, &mut Response) + Send + Sync + 'static,
{
    fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response> {
        ControlFlow::Continue(())
    }

    fn on_response(&self, exchange: &mut Exchange, (): (), response: &mut Response) {
        (self.0)(exchange, response)
    }
}
