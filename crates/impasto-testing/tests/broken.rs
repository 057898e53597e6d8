//! Each check finds a filter that breaks its rule, and finds nothing else wrong with it.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, StatusCode};
use http_body_util::BodyExt;
use impasto::{Body, Exchange, Filter, Hook, Next, Response, filter_fn};
use impasto_testing::{Check, Conformance};

/// The checks that fail, and what is said of the first.
fn broken(conformance: &Conformance) -> (Vec<Check>, String) {
    let report = conformance.run();
    let checks = report.failures().iter().map(|(check, _)| *check).collect();
    (checks, report.failures().first().map(|(_, text)| text.clone()).unwrap_or_default())
}

fn waiting(filter: Filter) -> Conformance {
    Conformance::of(filter).allocates(2, "an async filter has a future, and so has the rest")
}

async fn collected(body: Body) -> Body {
    match body.collect().await {
        Ok(body) => Body::new(body),
        Err(_) => Body::empty(),
    }
}

#[test]
fn a_filter_that_does_nothing_breaks_nothing() {
    Conformance::of(Filter::on_response(|_, _| ())).assert();
    async fn pass(exchange: &mut Exchange, next: Next<'_>) -> Response {
        next.run(exchange).await
    }
    waiting(filter_fn(pass)).assert();
}

#[test]
fn bodies_of_requests_that_are_held_back() {
    async fn hold(exchange: &mut Exchange, next: Next<'_>) -> Response {
        let body = exchange.take_body();
        exchange.set_body(collected(body).await);
        next.run(exchange).await
    }
    let (checks, text) = broken(&waiting(filter_fn(hold)));
    assert_eq!(
        text,
        "the first piece of the body was held back from the app: nothing came within 5s"
    );
    // Its error is gone, and a request that is never whole never reaches the app.
    assert!(checks.starts_with(&[Check::RequestStreams, Check::Cancellation, Check::Errors]));
}

#[test]
fn bodies_of_responses_that_are_held_back() {
    async fn hold(exchange: &mut Exchange, next: Next<'_>) -> Response {
        let (head, body) = next.run(exchange).await.into_parts();
        Response::from_parts(head, collected(body).await)
    }
    let (checks, text) = broken(&waiting(filter_fn(hold)));
    // Collecting a body that ends in an error hides the error; one that never ends has no answer to give up.
    assert!(checks.starts_with(&[Check::ResponseStreams, Check::Cancellation, Check::Errors]));
    let wanted =
        "the answer was held back until there is something of its body: nothing came within 5s";
    assert_eq!(text, wanted);
}

#[test]
fn lengths_that_are_made_up() {
    let filter = Filter::on_response(|_, response| {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    });
    let (checks, text) = broken(&Conformance::of(filter));
    assert_eq!(checks, [Check::Bodiless], "{text}");
    assert_eq!(text, "HEAD answered with 200 OK: `content-length: 5` became [\"0\"]");
}

#[test]
fn permits_that_are_given_back_only_by_answers() {
    struct Permits(AtomicUsize);
    impl Hook for Permits {
        fn on_request(&self, _: &mut Exchange) -> ControlFlow<Response> {
            match self.0.fetch_add(1, Ordering::Relaxed) {
                0..1_000 => ControlFlow::Continue(()),
                _ => ControlFlow::Break(Response::default()),
            }
        }

        fn on_response(&self, _: &mut Exchange, (): (), _: &mut Response) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
    // As many as were taken and not given back by what was there before.
    let permits = Permits(AtomicUsize::new(900));
    let conformance = Conformance::of(Filter::hook(permits));
    let (checks, text) = broken(&conformance.except(Check::Crowd, "only 100 at once"));
    assert_eq!(checks.first(), Some(&Check::Cancellation));
    assert!(
        text.starts_with("a request that was given up: the app's answer did not come"),
        "{text}"
    );
}

#[test]
fn panics_that_are_painted_over() {
    let filter = Filter::on_response(|_, response| *response.status_mut() = response.status());
    Conformance::of(filter).assert();
    let filter = Filter::on_response(|_, response| {
        if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
            *response.status_mut() = StatusCode::OK;
        }
    });
    let (checks, text) = broken(&Conformance::of(filter));
    assert_eq!(checks, [Check::Panics]);
    assert_eq!(text, "the panic of the app became an answer with status 200 OK");
}

#[test]
fn requests_that_are_mixed_up() {
    const NUMBER: &str = "x-conformance-number";
    struct Last(Mutex<Option<HeaderValue>>);
    impl Hook for Last {
        fn on_request(&self, exchange: &mut Exchange) -> ControlFlow<Response> {
            *self.0.lock().unwrap() = exchange.headers().get(NUMBER).cloned();
            ControlFlow::Continue(())
        }

        fn on_response(&self, _: &mut Exchange, (): (), response: &mut Response) {
            if let Some(number) = &*self.0.lock().unwrap() {
                response.headers_mut().insert(NUMBER, number.clone());
            }
        }
    }
    let (checks, text) = broken(&Conformance::of(Filter::hook(Last(Mutex::default()))));
    assert_eq!(checks, [Check::Crowd]);
    assert!(text.starts_with("of 1000 at once, number "), "{text}");
}

#[test]
fn memory_that_is_taken_for_nothing() {
    let filter = Filter::on_response(|_, _| drop(std::hint::black_box(vec![1, 2, 3])));
    let (checks, text) = broken(&Conformance::of(filter));
    assert_eq!(checks, [Check::Allocations]);
    assert_eq!(text, "1 allocations for a request, and 0 are allowed");
}

#[test]
fn requests_that_do_not_pass() {
    let filter = Filter::on_request(|exchange| match exchange.headers().contains_key("x-key") {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(Response::default()),
    });
    let (checks, text) = broken(&Conformance::of(filter.clone()));
    assert_eq!(checks.len(), Check::ALL.len());
    assert!(text.contains("change it with `Conformance::request`"), "{text}");
    let key = HeaderValue::from_static("1");
    let with_key = Conformance::of(filter).request(move |request| {
        request.headers_mut().insert("x-key", key.clone());
    });
    with_key.assert();
}

#[test]
fn what_a_request_holds_is_let_go_of() {
    struct Keeps(Mutex<Vec<Body>>);
    let keeps = Arc::new(Keeps(Mutex::default()));
    let filter = Filter::on_request(move |exchange| {
        let body = exchange.take_body();
        keeps.0.lock().unwrap().push(body);
        ControlFlow::Continue(())
    });
    let (checks, _) = broken(&Conformance::of(filter));
    assert!(checks.contains(&Check::Cancellation), "{checks:?}");
}
