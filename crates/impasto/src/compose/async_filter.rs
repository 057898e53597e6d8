use std::sync::Arc;

use super::{BoxFuture, Exchange, Next, Response};

/// A filter that waits, for something of its own or around the rest of the stack.
///
/// A free function is a filter too ([`filter_fn`](crate::filter_fn), [`filter_with`](crate::filter_with)). It costs
/// one allocation a request more than a [`Hook`](crate::Hook), which is enough for what never waits.
///
/// ```
/// use impasto::{AsyncFilter, Exchange, Filter, Next, Response};
/// use tokio::sync::Semaphore;
///
/// struct OneAtATime(Semaphore);
///
/// impl AsyncFilter for OneAtATime {
///     async fn call(&self, exchange: &mut Exchange, next: Next<'_>) -> Response {
///         let _turn = self.0.acquire().await;
///         next.run(exchange).await
///     }
/// }
///
/// let filter = Filter::waiting(OneAtATime(Semaphore::new(1)));
/// # let _ = filter;
/// ```
pub trait AsyncFilter: Send + Sync + 'static {
    /// Sees the request, runs the rest of the stack with [`Next::run`] or does not, and gives the response.
    fn call(
        &self,
        exchange: &mut Exchange,
        next: Next<'_>,
    ) -> impl Future<Output = Response> + Send;
}

/// An async filter with the type of its future forgotten.
pub(super) type AsyncRef = Arc<dyn Erased>;

pub(super) trait Erased: Send + Sync {
    fn call<'a>(&'a self, exchange: &'a mut Exchange, next: Next<'a>) -> BoxFuture<'a, Response>;
}

impl<F: AsyncFilter> Erased for F {
    fn call<'a>(&'a self, exchange: &'a mut Exchange, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(AsyncFilter::call(self, exchange, next))
    }
}
