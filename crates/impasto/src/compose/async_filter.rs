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
    /// Whether the filter has anything to do with this request, which it is if nothing else is said.
    ///
    /// If not, the rest of the stack runs without the filter, and without the allocation that it would cost.
    fn concerns(&self, exchange: &Exchange) -> bool {
        let _ = exchange;
        true
    }

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
        match self.concerns(exchange) {
            true => Box::pin(AsyncFilter::call(self, exchange, next)),
            false => next.run(exchange),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{App, Body, Filter, Request};

    /// Answers what has a query in place of the app.
    struct Queries;

    impl AsyncFilter for Queries {
        fn concerns(&self, exchange: &Exchange) -> bool {
            exchange.query().is_some()
        }

        async fn call(&self, _: &mut Exchange, _: Next<'_>) -> Response {
            Response::new(Body::from("filter"))
        }
    }

    #[tokio::test]
    async fn what_does_not_concern_a_filter_goes_past_it() {
        let app = App::at_once(|_| Response::new(Body::from("app")));
        let app = app.filtered(&[Filter::waiting(Queries)]);
        for (target, answer) in [("/?x", "filter"), ("/", "app")] {
            let request = Request::get(target).body(Body::empty()).unwrap();
            let response = app.clone().handle(request, None).await;
            assert_eq!(response.body().as_bytes(), Some(answer.as_bytes()));
        }
    }

    #[tokio::test]
    async fn an_app_that_never_waits_still_does_not_but_for_what_goes_another_way() {
        let app = App::at_once(|_| Response::new(Body::from("app")));
        let otherwise = app.clone().filtered(&[Filter::waiting(Queries)]);
        let seen = Filter::on_response(|_, response| {
            response.headers_mut().insert("x-seen", http::HeaderValue::from_static("1"));
        });
        let app = app.unless(|exchange| exchange.query().is_some(), otherwise).filtered(&[seen]);
        assert!(app.never_waits());
        for (target, answer, is_at_once) in [("/?x", "filter", false), ("/", "app", true)] {
            let request = || Request::get(target).body(Body::empty()).unwrap();
            let mut at_once = None;
            app.run_at_once(&mut Exchange::new(request(), None), &mut at_once);
            assert_eq!(at_once.is_some(), is_at_once);
            let response = app.clone().handle(request(), None).await;
            assert_eq!(response.body().as_bytes(), Some(answer.as_bytes()));
            assert!(response.headers().contains_key("x-seen"));
        }
    }
}
