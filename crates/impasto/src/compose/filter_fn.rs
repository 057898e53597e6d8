use std::sync::Arc;

use super::async_filter::Erased;
use super::{BoxFuture, Exchange, Filter, Next, Response};

/// A filter that is an async function.
///
/// It cannot capture anything; for one that has settings see [`filter_with`].
///
/// ```
/// use impasto::{Exchange, Next, Response, filter_fn};
///
/// async fn patient(exchange: &mut Exchange, next: Next<'_>) -> Response {
///     tokio::task::yield_now().await;
///     next.run(exchange).await
/// }
///
/// let filter = filter_fn(patient);
/// let same = filter_fn(async |exchange: &mut Exchange, next: Next<'_>| next.run(exchange).await);
/// # let _ = (filter, same);
/// ```
pub fn filter_fn<F>(function: F) -> Filter
where
    F: for<'a> FilterFn<'a> + Send + Sync + 'static,
{
    Filter::erased(Arc::new(Plain(function)))
}

/// A filter that is an async function of its settings.
///
/// ```
/// use std::time::Duration;
/// use impasto::{Exchange, Next, Response, filter_with};
///
/// async fn delay(by: &Duration, exchange: &mut Exchange, next: Next<'_>) -> Response {
///     tokio::time::sleep(*by).await;
///     next.run(exchange).await
/// }
///
/// let filter = filter_with(Duration::from_millis(20), delay);
/// # let _ = filter;
/// ```
pub fn filter_with<T, F>(settings: T, function: F) -> Filter
where
    T: Send + Sync + 'static,
    F: for<'a> FilterFnWith<'a, T> + Send + Sync + 'static,
{
    Filter::erased(Arc::new(With(settings, function)))
}

/// An async function that filters, `async fn(&mut Exchange, Next<'_>) -> Response`; see [`filter_fn`].
pub trait FilterFn<'a>: Fn(&'a mut Exchange, Next<'a>) -> Self::Future {
    /// What the function returns.
    type Future: Future<Output = Response> + Send + 'a;
}

impl<'a, F, R> FilterFn<'a> for F
where
    F: Fn(&'a mut Exchange, Next<'a>) -> R,
    R: Future<Output = Response> + Send + 'a,
{
    type Future = R;
}

/// An async function that filters as its settings say, `async fn(&T, &mut Exchange, Next<'_>) -> Response`; see
/// [`filter_with`].
pub trait FilterFnWith<'a, T: 'a>: Fn(&'a T, &'a mut Exchange, Next<'a>) -> Self::Future {
    /// What the function returns.
    type Future: Future<Output = Response> + Send + 'a;
}

impl<'a, T: 'a, F, R> FilterFnWith<'a, T> for F
where
    F: Fn(&'a T, &'a mut Exchange, Next<'a>) -> R,
    R: Future<Output = Response> + Send + 'a,
{
    type Future = R;
}

/// A function as an async filter.
struct Plain<F>(F);

impl<F> Erased for Plain<F>
where
    F: for<'a> FilterFn<'a> + Send + Sync + 'static,
{
    fn call<'a>(&'a self, exchange: &'a mut Exchange, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin((self.0)(exchange, next))
    }
}

/// A function and its settings as an async filter.
struct With<T, F>(T, F);

impl<T, F> Erased for With<T, F>
where
    T: Send + Sync + 'static,
    F: for<'a> FilterFnWith<'a, T> + Send + Sync + 'static,
{
    fn call<'a>(&'a self, exchange: &'a mut Exchange, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin((self.1)(&self.0, exchange, next))
    }
}
