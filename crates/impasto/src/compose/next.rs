use super::chain::{End, Step};
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
    steps: &'a [Step],
    end: &'a End,
}

impl<'a> Next<'a> {
    pub(super) fn new(steps: &'a [Step], end: &'a End) -> Next<'a> {
        Next { steps, end }
    }

    /// Runs the rest of the stack and gives its response.
    ///
    /// A panic in it has been logged when this returns, and the response is a 500 with the reason in its
    /// [`Failure`](crate::Failure) extension. Dropping the future abandons the rest: hooks further in do not see a
    /// response, and their states are dropped at once.
    pub async fn run(self, exchange: &mut Exchange) -> Response {
        let deep = self.steps.len().is_multiple_of(STRIDE);
        self.contained(exchange, deep).await
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

    /// Runs this, with the log line and the answer for a panic in it.
    pub(super) async fn contained(self, exchange: &mut Exchange, deep: bool) -> Response {
        match Contained::new(self, &mut *exchange, deep).await {
            Ok(response) => response,
            Err(panic) => Facts::from(&*exchange).answer_panic(panic),
        }
    }

    /// The future of the outermost step.
    pub(super) fn start(self, exchange: &'a mut Exchange) -> BoxFuture<'a, Response> {
        match self.steps.split_last() {
            Some((step, steps)) => step.call(exchange, Next { steps, end: self.end }),
            None => self.end.call(exchange),
        }
    }
}
