use std::ops::ControlFlow;

use axum::{Router, routing::get as route};
use impasto::{App, BoxFuture, Exchange, Failure, Filter, Handler, Next, Response, filter_fn};
use tower::layer::util::Identity;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::support::{Log, get, logged, place};

async fn broken(_: &mut Exchange) -> Response {
    panic!("broken app")
}

/// Panics before there is a future.
struct Hasty;

impl Handler for Hasty {
    fn call<'a>(&'a self, _: &'a mut Exchange) -> BoxFuture<'a, Response> {
        panic!("hasty app")
    }
}

fn async_log(log: &Log) -> Filter {
    let log = log.clone();
    Filter::wrap(move |app| {
        let log = log.clone();
        app.filtered(&[impasto::filter_with(log, note)])
    })
}

async fn note(log: &Log, exchange: &mut Exchange, next: Next<'_>) -> Response {
    let response = next.run(exchange).await;
    log.add(format!("async {}", response.status().as_u16()));
    response
}

/// Runs `app` in filters of every kind, and says what they saw.
async fn seen_outside(app: App) -> Vec<String> {
    let log = Log::default();
    let header = SetResponseHeaderLayer::overriding(
        http::header::SERVER,
        http::HeaderValue::from_static("layer"),
    );
    let app = app.filtered(&[log.hook("hook"), Filter::layer(header), async_log(&log)]);
    let response = get(&app, "/").await;
    assert_eq!(response.headers()[http::header::SERVER], "layer");
    assert_eq!(response.body().as_bytes(), Some(&b"Internal Server Error\n"[..]));
    log.add(response.extensions().get::<Failure>().unwrap().to_string());
    log.take()
}

#[tokio::test]
async fn filters_of_every_kind_see_the_answer_to_a_panic_in_an_app() {
    async fn handler() -> &'static str {
        panic!("broken handler")
    }
    let expected = |message: &str| ["hook", "async 500", "HOOK 500", message].map(str::to_owned);
    assert_eq!(seen_outside(App::from_fn(broken)).await, expected("panicked: broken app"));
    assert_eq!(seen_outside(App::new(Hasty)).await, expected("panicked: hasty app"));
    let sudden = App::at_once(|_| panic!("sudden app"));
    assert_eq!(seen_outside(sudden).await, expected("panicked: sudden app"));
    let router = Router::new().route("/", route(handler));
    assert_eq!(seen_outside(App::service(router)).await, expected("panicked: broken handler"));
}

#[test]
fn a_stack_in_which_nothing_waits_answers_at_once() {
    let log = Log::default();
    let at_once = |app: App| {
        let mut response = None;
        app.run_at_once(&mut Exchange::new(impasto::Request::default(), None), &mut response);
        response
    };
    let sudden = || App::at_once(|_| panic!("sudden app"));
    let response = at_once(sudden().filtered(&[log.hook("hook")])).unwrap();
    assert_eq!(response.extensions().get::<Failure>().unwrap().to_string(), "panicked: sudden app");
    assert_eq!(log.take(), ["hook", "HOOK 500"]);
    assert_eq!(at_once(sudden()).unwrap().status().as_u16(), 500);
    let waits =
        App::at_once(|_| Response::default()).filtered(&[log.hook("hook"), async_log(&log)]);
    assert!(at_once(waits).is_none());
    assert!(at_once(App::from_fn(broken)).is_none());
    assert!(log.take().is_empty(), "nothing has begun");
}

#[tokio::test]
async fn they_see_it_for_a_panic_in_a_filter_further_in() {
    let filters = [
        Filter::on_request(|_| panic!("filter")),
        Filter::on_response(|_, _| panic!("filter")),
        Filter::layer(tower::util::MapRequestLayer::new(
            |_: impasto::Request| -> impasto::Request { panic!("filter") },
        )),
    ];
    for filter in filters {
        let app = App::from_fn(place).filtered(&[filter]);
        assert_eq!(seen_outside(app).await, ["hook", "async 500", "HOOK 500", "panicked: filter"]);
    }
}

#[tokio::test]
async fn a_panic_in_an_async_filter_ends_those_right_outside_it_and_the_next_of_another_kind_sees_it()
 {
    async fn before(_: &mut Exchange, _: Next<'_>) -> Response {
        panic!("filter")
    }
    async fn after(exchange: &mut Exchange, next: Next<'_>) -> Response {
        next.run(exchange).await;
        panic!("filter")
    }
    for filter in [filter_fn(before), filter_fn(after)] {
        let app = App::from_fn(place).filtered(&[filter]);
        assert_eq!(seen_outside(app).await, ["hook", "HOOK 500", "panicked: filter"]);
    }
}

#[tokio::test]
async fn hooks_next_to_one_that_panics_see_the_answer() {
    let log = Log::default();
    let bad = Filter::on_request(|_| panic!("on the way in"));
    let app = App::from_fn(place).filtered(&[log.hook("a"), log.hook("b"), bad, log.hook("c")]);
    assert_eq!(get(&app, "/").await.status(), 500);
    assert_eq!(log.take(), ["a", "b", "B 500", "A 500"]);

    let bad = Filter::on_response(|_, _| panic!("on the way out"));
    let app = App::from_fn(place).filtered(&[
        log.hook("a"),
        bad.clone(),
        log.hook("b"),
        bad,
        log.hook("c"),
    ]);
    assert_eq!(get(&app, "/").await.status(), 500);
    assert_eq!(log.take(), ["a", "b", "c", "C 200", "B 500", "A 500"]);
}

#[tokio::test]
async fn a_panic_is_one_line_with_what_is_known_of_the_request() {
    let id = Filter::on_request(|exchange| {
        exchange.set_request_id(http::HeaderValue::from_static("req-7"));
        ControlFlow::Continue(())
    });
    for inner in [
        vec![],
        vec![Filter::layer(Identity::new())],
        vec![Filter::on_request(|_| panic!("broken app"))],
    ] {
        let app = App::from_fn(broken).filtered(&inner).filtered(std::slice::from_ref(&id));
        let lines = logged(async { drop(get(&app, "/a?token=secret").await) }).await;
        let [line] = &*lines else { panic!("{lines:?}") };
        for part in [
            "ERROR panicked",
            "broken app",
            "method=\"GET\"",
            "path=\"/a\"",
            "request_id=\"req-7\"",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
        assert!(!line.contains("secret"), "{line}");
    }
}

#[tokio::test]
async fn what_panics_again_while_it_is_dropped_is_contained_too() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic!("in a destructor")
            }
        }
    }
    struct Late(Option<Bomb>);
    impl Future for Late {
        type Output = Response;
        fn poll(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Response> {
            assert!(self.0.is_none(), "in poll");
            std::task::Poll::Pending
        }
    }
    struct Explosive;
    impl Handler for Explosive {
        fn call<'a>(&'a self, _: &'a mut Exchange) -> BoxFuture<'a, Response> {
            Box::pin(Late(Some(Bomb)))
        }
    }
    assert_eq!(get(&App::new(Explosive), "/").await.status(), 500);
}
