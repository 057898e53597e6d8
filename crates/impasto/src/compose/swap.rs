use std::fmt;

use arc_swap::ArcSwap;

use super::App;
use super::chain::Chain;

/// The place where one stack takes over from another while requests run.
///
/// A request takes the app as it is when it begins, and keeps it to its end. Looking costs one atomic load and no
/// lock, however many threads do so; the old app is dropped after its last request.
///
/// ```
/// use impasto::{App, Body, Exchange, Response, Swap};
///
/// async fn old(_: &mut Exchange) -> Response {
///     Response::new(Body::from("old"))
/// }
///
/// async fn new(_: &mut Exchange) -> Response {
///     Response::new(Body::from("new"))
/// }
///
/// let swap = Swap::new(App::from_fn(old));
/// let running = swap.load();
/// swap.store(App::from_fn(new));
/// # let _ = running;
/// ```
pub struct Swap(ArcSwap<Chain>);

impl Swap {
    /// A place that holds `app`.
    pub fn new(app: App) -> Swap {
        Swap(ArcSwap::new(app.into_chain()))
    }

    /// The app that answers a request which begins now.
    pub fn load(&self) -> App {
        App::from_chain(self.0.load_full())
    }

    /// Lets `app` answer from now on.
    pub fn store(&self, app: App) {
        self.0.store(app.into_chain());
    }
}

impl fmt::Debug for Swap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Swap").field(&self.load()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, Exchange, Request, Response};

    async fn old(_: &mut Exchange) -> Response {
        Response::new(Body::from("old"))
    }

    async fn new(_: &mut Exchange) -> Response {
        Response::new(Body::from("new"))
    }

    #[tokio::test]
    async fn a_request_keeps_the_app_that_it_began_with() {
        let swap = Swap::new(App::from_fn(old));
        let begun = swap.load().handle(Request::default(), None);
        swap.store(App::from_fn(new));
        assert_eq!(begun.await.body().as_bytes(), Some(&b"old"[..]));
        assert_eq!(
            swap.load().handle(Request::default(), None).await.body().as_bytes(),
            Some(&b"new"[..])
        );
    }
}
