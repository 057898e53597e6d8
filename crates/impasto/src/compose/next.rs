use super::chain::Step;
use super::contained::Contained;
use super::failure::Facts;
use super::stack::STRIDE;
use super::{BoxFuture, Exchange, Response};

/// The rest of the stack, as an async filter sees it: the filters further in, and the app.
///
/// It is used up by running it. A filter that may have to run it twice asks for another one with
/// [`again`](Next::again).
pub struct Next<'a> {
    /// Innermost first.
    pub(super) steps: &'a [Step],
}

impl<'a> Next<'a> {
    /// Runs the rest of the stack and gives its response.
    ///
    /// A panic of the app, of a hook or in a tower service further in has been logged when this returns, and the
    /// response is a 500 with the reason in its [`Failure`](crate::Failure) extension. A panic of an async filter
    /// also ends the async filters right outside it; the next hook or tower layer sees the 500.
    ///
    /// Dropping the future abandons the rest: hooks further in do not see a response, and their states are dropped
    /// at once.
    pub fn run<'b>(self, exchange: &'b mut Exchange) -> BoxFuture<'b, Response>
    where
        'a: 'b,
    {
        // The first is the app itself.
        match self.steps.len() % STRIDE == 1 {
            true => Box::pin(self.contained(exchange)),
            false => self.start(exchange),
        }
    }

    /// The same rest once more, for a filter that tries again.
    ///
    /// The first run may have consumed the request, so a copy of it has to be put back:
    ///
    /// ```
    /// use impasto::{Exchange, Next, Response, filter_fn};
    ///
    /// async fn retry(exchange: &mut Exchange, next: Next<'_>) -> Response {
    ///     let (again, copy) = (next.again(), exchange.try_clone_request());
    ///     let response = next.run(exchange).await;
    ///     match copy {
    ///         Some(copy) if response.status().is_server_error() => {
    ///             exchange.set_request(copy);
    ///             again.run(exchange).await
    ///         }
    ///         _ => response,
    ///     }
    /// }
    ///
    /// let filter = filter_fn(retry);
    /// # let _ = filter;
    /// ```
    pub fn again(&self) -> Next<'a> {
        Next { ..*self }
    }

    /// Runs this where there is room for it. A panic in it is logged, and answered.
    pub(super) async fn contained(self, exchange: &mut Exchange) -> Response {
        let mut response = None;
        self.contained_into(exchange, &mut response).await;
        response.unwrap_or_default()
    }

    /// The same, for one who has a place for the response.
    pub(super) async fn contained_into(
        self,
        exchange: &mut Exchange,
        response: &mut Option<Response>,
    ) {
        if let Some(panic) = Contained::new(self, &mut *exchange, &mut *response).await {
            *response = Some(Facts::from(&*exchange).answer_panic(*panic));
        }
    }

    /// The future of the outermost step.
    pub(super) fn start<'b>(self, exchange: &'b mut Exchange) -> BoxFuture<'b, Response>
    where
        'a: 'b,
    {
        match self.steps {
            [steps @ .., step] => step.call(exchange, Next { steps }),
            // Only past the app itself, which is given no `Next`.
            [] => Box::pin(async { Response::default() }),
        }
    }
}
