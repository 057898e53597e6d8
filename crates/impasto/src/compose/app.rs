use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tower_service::Service;

use super::chain::{Chain, Mostly, Step};
use super::contained::contained_at_once;
use super::filter::Kind;
use super::handler::{AtOnceRef, FromFn};
use super::hook_run::HookRun;
use super::service::{Bridge, ServiceFuture, ServiceRef};
use super::{
    AppFn, Body, BoxError, Connection, Exchange, Filter, Handler, Mount, Next, Request, Response,
};

/// What answers requests: an app with the filters around it. Cheap to clone, the clones share everything.
///
/// ```
/// use std::ops::ControlFlow;
/// use impasto::{App, Body, Exchange, Filter, Request, Response};
///
/// async fn hello(exchange: &mut Exchange) -> Response {
///     Response::new(Body::from(format!("hello, {}\n", exchange.path())))
/// }
///
/// let limit = Filter::on_request(|exchange| match exchange.path().len() {
///     0..100 => ControlFlow::Continue(()),
///     _ => ControlFlow::Break(Response::new(Body::from("that is too long\n"))),
/// });
/// let app = App::from_fn(hello).filtered(&[limit]);
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let response = app.handle(Request::default(), None).await;
/// assert_eq!(response.body().as_bytes(), Some(&b"hello, /\n"[..]));
/// # });
/// ```
#[derive(Clone)]
pub struct App(Arc<Chain>);

impl App {
    /// An app that is a [`Handler`].
    pub fn new(handler: impl Handler) -> App {
        App::of(Step::Handler(Arc::new(handler)))
    }

    /// An app that is an async function, `async fn(&mut Exchange) -> Response`.
    ///
    /// A closure works when it captures nothing; an app with state of its own is a [`Handler`], or
    /// [`App::at_once`] if it never waits.
    pub fn from_fn<F>(function: F) -> App
    where
        F: for<'a> AppFn<'a> + Send + Sync + 'static,
    {
        App::new(FromFn(function))
    }

    /// An app that never waits. It needs no future, and so no allocation.
    ///
    /// ```
    /// use impasto::{App, Body, Response};
    ///
    /// let greeting = String::from("hello");
    /// let app = App::at_once(move |_| Response::new(Body::from(greeting.clone())));
    /// # let _ = app;
    /// ```
    pub fn at_once<F>(answer: F) -> App
    where
        F: Fn(&mut Exchange) -> Response + Send + Sync + 'static,
    {
        App::of(Step::AtOnce(Arc::new(answer)))
    }

    /// An app that is a tower service, such as an `axum::Router`.
    ///
    /// The service sees the URI without the mount point; [`Mount`] and `Arc<Connection>` are in the request's
    /// extensions. It is cloned for each request, and waited for until it is ready. Its error is logged and becomes
    /// a 500 with a [`Failure`](crate::Failure).
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use impasto::App;
    ///
    /// let app = App::service(Router::new().route("/", get(|| async { "hello" })));
    /// # let _ = app;
    /// ```
    pub fn service<S, B>(service: S) -> App
    where
        S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>,
        S: Clone + Send + Sync + 'static,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        App::bridged(Arc::new(Bridge::new(service)))
    }

    /// This app inside `filters`, of which the first is the outermost, as in a pipeline line.
    pub fn filtered(self, filters: &[Filter]) -> App {
        filters.iter().rev().fold(self, App::inside)
    }

    /// Answers one request. The exchange is the caller's, so a composite can pass on the one it was given.
    ///
    /// A panic is logged and answered as [`Next::run`] says.
    pub async fn run(&self, exchange: &mut Exchange) -> Response {
        match &*self.0.steps {
            // Hooks contain themselves, and need no box of their own out here.
            [steps @ .., Step::Hooks(run)] => run.run(exchange, Next { steps }).await,
            steps => Next { steps }.contained(exchange).await,
        }
    }

    /// Whether nothing in this stack waits: there is no filter but hooks, and the app is
    /// [`at_once`](App::at_once), at least for most requests ([`unless`](App::unless)).
    ///
    /// A filter that is about waiting can leave itself out around such a stack:
    ///
    /// ```
    /// use impasto::{Exchange, Filter, Next, Response, filter_fn};
    ///
    /// async fn in_time(exchange: &mut Exchange, next: Next<'_>) -> Response {
    ///     // ...
    ///     next.run(exchange).await
    /// }
    ///
    /// let filter = Filter::wrap(|app| match app.never_waits() {
    ///     true => app,
    ///     false => app.filtered(&[filter_fn(in_time)]),
    /// });
    /// # let _ = filter;
    /// ```
    pub fn never_waits(&self) -> bool {
        matches!(
            &*self.0.steps,
            [Step::AtOnce(_) | Step::Mostly(_)]
                | [Step::AtOnce(_) | Step::Mostly(_), Step::Hooks(_)]
        )
    }

    /// This app for most requests, and `otherwise` for those that have to be waited for. If this
    /// [never waits](App::never_waits), so does what is made of it for most requests; else `otherwise` answers all.
    ///
    /// `waits` is asked of a request as it comes to the stack, where all of that never waits, else as it comes here;
    /// so what a filter further out changes should make no difference to it.
    ///
    /// ```
    /// use http_body::Body as _;
    /// use impasto::{App, Exchange, Filter, Next, Response, filter_fn};
    ///
    /// async fn patiently(exchange: &mut Exchange, next: Next<'_>) -> Response {
    ///     // ...
    ///     next.run(exchange).await
    /// }
    ///
    /// let filter = Filter::wrap(|app| {
    ///     let otherwise = app.clone().filtered(&[filter_fn(patiently)]);
    ///     app.unless(|exchange| !exchange.body().is_end_stream(), otherwise)
    /// });
    /// # let _ = filter;
    /// ```
    pub fn unless<F>(self, waits: F, otherwise: App) -> App
    where
        F: Fn(&Exchange) -> bool + Send + Sync + 'static,
    {
        if !self.never_waits() {
            return otherwise;
        }
        let answer: AtOnceRef = match &*self.0.steps {
            [Step::AtOnce(answer)] => answer.clone(),
            _ => Arc::new(move |exchange| {
                let mut response = None;
                self.run_at_once(exchange, &mut response);
                response.unwrap_or_default()
            }),
        };
        App::of(Step::Mostly(Mostly { answer, waits: Arc::new(waits), otherwise: otherwise.0 }))
    }

    /// Answers one request, if this stack [never waits](App::never_waits) for it. Else `response` stays `None`, and
    /// the exchange is as it was.
    ///
    /// A server that asks for this first saves the future of such an answer. The response has a place from the
    /// beginning, because it is large, and would be copied by each function that returns it.
    pub fn run_at_once(&self, exchange: &mut Exchange, response: &mut Option<Response>) {
        let (app, hooks) = match &*self.0.steps {
            [app] => (app, None),
            [app, Step::Hooks(run)] => (app, Some(run)),
            _ => return,
        };
        match (app.at_once(exchange), hooks) {
            (Some(app), Some(run)) => run.run_at_once(exchange, app, response),
            (Some(app), None) => contained_at_once(app, exchange, response),
            (None, _) => {}
        }
    }

    /// Answers one request that came over `connection`, `None` if it came over none. This is what a server calls.
    pub async fn handle(self, request: Request, connection: Option<Arc<Connection>>) -> Response {
        let mut exchange = Exchange::new(request, connection);
        self.run(&mut exchange).await
    }

    pub(super) fn bridged(service: ServiceRef) -> App {
        App::of(Step::Service(service))
    }

    fn of(end: Step) -> App {
        App(Arc::new(Chain { steps: vec![end] }))
    }

    fn inside(mut self, filter: &Filter) -> App {
        match filter.kind() {
            Kind::Hook(hook) => match self.steps().last_mut() {
                Some(Step::Hooks(run)) => run.push(hook.clone()),
                _ => self.steps().push(Step::Hooks(HookRun::new(hook.clone()))),
            },
            Kind::Async(filter) => self.steps().push(Step::Async(filter.clone())),
            Kind::Wrap(wrap) => return wrap(self),
        }
        self
    }

    /// The steps, to change: this app's own copy of them, if another app has the same.
    fn steps(&mut self) -> &mut Vec<Step> {
        &mut Arc::make_mut(&mut self.0).steps
    }

    /// Answers a request that came through tower, with what is known around it.
    pub(super) fn answer(&self, request: Request, mount: Option<Mount>) -> ServiceFuture {
        match &*self.0.steps {
            // From tower to tower the request goes on by value, and needs no exchange in between.
            [Step::Service(service)] => ServiceFuture(service.call(request, mount)),
            _ => {
                let app = self.clone();
                ServiceFuture(Box::pin(async move {
                    app.run(&mut Exchange::resume(mount, request)).await
                }))
            }
        }
    }

    pub(super) fn from_chain(chain: Arc<Chain>) -> App {
        App(chain)
    }

    pub(super) fn into_chain(self) -> Arc<Chain> {
        self.0
    }
}

/// An app is itself a tower service, for a server or a router that knows nothing of this crate. It is always ready,
/// never fails, and takes a request with any body.
impl<B> Service<http::Request<B>> for App
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ServiceFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> ServiceFuture {
        let request = request.map(Body::new);
        let mount = Mount::of(&request);
        self.answer(request, mount)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("steps", &self.0.steps.len()).finish_non_exhaustive()
    }
}
