use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use tower_layer::Layer;

use super::async_filter::AsyncRef;
use super::hook::{OnRequest, OnResponse};
use super::hook_run::{HookRef, erase};
use super::{App, AsyncFilter, BoxError, Exchange, Hook, LayerService, Response, Rest};

/// What wraps an app. Cheap to clone, and may wrap any number of apps.
///
/// | made by | for | cost beside the filter's own work |
/// |---|---|---|
/// | [`Filter::hook`], [`Filter::on_request`], [`Filter::on_response`] | what never waits | a virtual call each way |
/// | [`Filter::waiting`], [`filter_fn`](crate::filter_fn), [`filter_with`](crate::filter_with) | what waits | one allocation |
/// | [`Filter::layer`] | any tower layer | the request is moved, one or two allocations |
/// | [`Filter::wrap`] | what chooses its own way to run an app | its own |
#[derive(Clone)]
pub struct Filter(Kind);

#[derive(Clone)]
pub(super) enum Kind {
    Hook(HookRef),
    Async(AsyncRef),
    Wrap(Arc<dyn Fn(App) -> App + Send + Sync>),
}

impl Filter {
    /// A filter that never waits, with its state `S` between request and response.
    pub fn hook<S: Send + 'static>(hook: impl Hook<S>) -> Filter {
        Filter(Kind::Hook(erase(hook)))
    }

    /// A hook that only looks at requests.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use impasto::{Filter, Response};
    /// use impasto::http::{Method, StatusCode};
    ///
    /// let read_only = Filter::on_request(|exchange| match *exchange.method() {
    ///     Method::GET | Method::HEAD => ControlFlow::Continue(()),
    ///     _ => {
    ///         let mut refusal = Response::default();
    ///         *refusal.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    ///         ControlFlow::Break(refusal)
    ///     }
    /// });
    /// # let _ = read_only;
    /// ```
    pub fn on_request<F>(hook: F) -> Filter
    where
        F: Fn(&mut Exchange) -> ControlFlow<Response> + Send + Sync + 'static,
    {
        Filter::hook(OnRequest(hook))
    }

    /// A hook that only looks at responses.
    ///
    /// ```
    /// use impasto::Filter;
    /// use impasto::http::HeaderValue;
    ///
    /// let filter = Filter::on_response(|_, response| {
    ///     response.headers_mut().insert("x-frame-options", HeaderValue::from_static("DENY"));
    /// });
    /// # let _ = filter;
    /// ```
    pub fn on_response<F>(hook: F) -> Filter
    where
        F: Fn(&mut Exchange, &mut Response) + Send + Sync + 'static,
    {
        Filter::hook(OnResponse(hook))
    }

    /// A filter that waits.
    pub fn waiting(filter: impl AsyncFilter) -> Filter {
        Filter::erased(Arc::new(filter))
    }

    /// A filter that is a function from app to app, which is PasteDeploy's own shape.
    ///
    /// ```
    /// use impasto::{App, Filter};
    ///
    /// let twice = |filter: Filter| Filter::wrap(move |app| app.filtered(&[filter.clone(), filter.clone()]));
    /// # let _ = twice;
    /// ```
    pub fn wrap(wrap: impl Fn(App) -> App + Send + Sync + 'static) -> Filter {
        Filter(Kind::Wrap(Arc::new(wrap)))
    }

    /// A filter that is a tower layer, such as those of tower-http.
    ///
    /// What the layer makes must be a service of [`Request`](crate::Request) that can be cloned and shared; see
    /// [`LayerService`] for the words of the bound. The layer may change the type of the bodies. If its service
    /// fails, the error is logged and becomes a 500 with a [`Failure`](crate::Failure).
    ///
    /// ```
    /// use impasto::Filter;
    /// use tower_http::compression::CompressionLayer;
    ///
    /// let filter = Filter::layer(CompressionLayer::new());
    /// # let _ = filter;
    /// ```
    pub fn layer<L>(layer: L) -> Filter
    where
        L: Layer<Rest, Service: LayerService> + Send + Sync + 'static,
    {
        Filter::wrap(move |app| layer.layer(Rest::new(app)).into_app())
    }

    /// A filter that is a tower layer whose errors mean something: `answer` makes the response for one.
    ///
    /// Such an error is not logged and leaves no [`Failure`](crate::Failure): it is `answer`'s.
    ///
    /// ```
    /// use std::time::Duration;
    /// use impasto::http::StatusCode;
    /// use impasto::{Filter, Response};
    /// use tower::timeout::{TimeoutLayer, error::Elapsed};
    ///
    /// let filter = Filter::layer_or_else(TimeoutLayer::new(Duration::from_secs(30)), |error| {
    ///     let mut response = Response::default();
    ///     *response.status_mut() = match error.is::<Elapsed>() {
    ///         true => StatusCode::SERVICE_UNAVAILABLE,
    ///         false => StatusCode::INTERNAL_SERVER_ERROR,
    ///     };
    ///     response
    /// });
    /// # let _ = filter;
    /// ```
    pub fn layer_or_else<L, F>(layer: L, answer: F) -> Filter
    where
        L: Layer<Rest, Service: LayerService> + Send + Sync + 'static,
        F: Fn(BoxError) -> Response + Send + Sync + 'static,
    {
        let answer: Arc<dyn Fn(BoxError) -> Response + Send + Sync> = Arc::new(answer);
        Filter::wrap(move |app| layer.layer(Rest::new(app)).into_app_or_else(answer.clone()))
    }

    pub(super) fn erased(filter: AsyncRef) -> Filter {
        Filter(Kind::Async(filter))
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Hook(_) => "Filter(hook)",
            Kind::Async(_) => "Filter(async)",
            Kind::Wrap(_) => "Filter(wrap)",
        })
    }
}
