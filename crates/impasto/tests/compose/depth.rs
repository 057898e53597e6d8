use futures_util::FutureExt;
use impasto::{App, Exchange, Filter, Next, Response, filter_fn};
use tower::layer::util::Identity;

use crate::support::{get, place, text};

/// Composes, runs, abandons, lets panic and drops `filters` on a stack of 2 MB, as a worker thread has.
fn on_a_small_stack(filters: impl FnOnce() -> Vec<Filter> + Send + 'static) {
    async fn wait(_: &mut Exchange) -> Response {
        std::future::pending().await
    }
    async fn broken(_: &mut Exchange) -> Response {
        panic!("at the bottom")
    }
    let work = || {
        let filters = filters();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let app = App::from_fn(place).filtered(&filters);
            assert_eq!(text(get(&app, "/x").await).await, "|/x");
            drop(app);
            let app = App::from_fn(wait).filtered(&filters);
            let mut request = Box::pin(get(&app, "/x"));
            assert!(request.as_mut().now_or_never().is_none());
            drop(request);
            drop(app);
            let app = App::from_fn(broken).filtered(&filters);
            assert_eq!(get(&app, "/x").await.status(), 500);
        });
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

async fn pass(exchange: &mut Exchange, next: Next<'_>) -> Response {
    next.run(exchange).await
}

#[test]
fn ten_thousand_hooks() {
    on_a_small_stack(|| vec![Filter::on_response(|_, _| ()); 10_000]);
}

#[test]
fn a_thousand_async_filters() {
    on_a_small_stack(|| vec![filter_fn(pass); 1_000]);
}

#[test]
fn ten_thousand_async_filters() {
    on_a_small_stack(|| vec![filter_fn(pass); 10_000]);
}

#[test]
fn a_thousand_tower_layers() {
    on_a_small_stack(|| vec![Filter::layer(Identity::new()); 1_000]);
}

#[test]
fn ten_thousand_filters_of_all_kinds() {
    on_a_small_stack(|| {
        let three =
            [filter_fn(pass), Filter::on_response(|_, _| ()), Filter::layer(Identity::new())];
        three.into_iter().cycle().take(10_000).collect()
    });
}

#[test]
fn a_thousand_apps_in_apps() {
    struct Within(App);
    impl impasto::Handler for Within {
        fn call<'a>(&'a self, exchange: &'a mut Exchange) -> impasto::BoxFuture<'a, Response> {
            Box::pin(self.0.run(exchange))
        }
    }
    on_a_small_stack(|| vec![Filter::wrap(|app| App::new(Within(app))); 1_000]);
}
