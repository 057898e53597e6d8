use std::sync::Arc;

use super::{BoxFuture, Exchange, Response};

/// An app by hand: a type that answers requests.
///
/// Most apps are an async function ([`App::from_fn`](crate::App::from_fn)) or a tower service such as an axum router
/// ([`App::service`](crate::App::service)), and some never wait ([`App::at_once`](crate::App::at_once)); this is for
/// one with state of its own that waits, which [`App::new`](crate::App::new) turns into an app.
///
/// ```
/// use impasto::{App, Body, BoxFuture, Exchange, Handler, Response};
///
/// struct Greeter {
///     greeting: &'static str,
/// }
///
/// impl Handler for Greeter {
///     fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
///         Box::pin(async { Response::new(Body::from(format!("{}, {}\n", self.greeting, exchange.path()))) })
///     }
/// }
///
/// let app = App::new(Greeter { greeting: "hello" });
/// # let _ = app;
/// ```
pub trait Handler: Send + Sync + 'static {
    /// Answers one request. There is no error but a response that says so.
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response>;
}

/// An async function that answers requests, `async fn(&mut Exchange) -> Response`; see
/// [`App::from_fn`](crate::App::from_fn).
pub trait AppFn<'a>: Fn(&'a mut Exchange) -> Self::Future {
    /// What the function returns.
    type Future: Future<Output = Response> + Send + 'a;
}

impl<'a, F, R> AppFn<'a> for F
where
    F: Fn(&'a mut Exchange) -> R,
    R: Future<Output = Response> + Send + 'a,
{
    type Future = R;
}

/// A function that answers without waiting; see [`App::at_once`](crate::App::at_once).
pub(super) type AtOnceRef = Arc<dyn Fn(&mut Exchange) -> Response + Send + Sync>;

/// A function as a [`Handler`].
pub(super) struct FromFn<F>(pub(super) F);

impl<F> Handler for FromFn<F>
where
    F: for<'a> AppFn<'a> + Send + Sync + 'static,
{
    fn call<'a>(&'a self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        Box::pin((self.0)(exchange))
    }
}
