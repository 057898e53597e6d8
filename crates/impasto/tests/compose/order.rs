use std::ops::ControlFlow;

use impasto::{App, Body, Exchange, Filter, Next, Response, filter_fn};
use tower::layer::util::Identity;

use crate::support::{Log, get, place, text};

async fn pass(exchange: &mut Exchange, next: Next<'_>) -> Response {
    next.run(exchange).await
}

#[tokio::test]
async fn filters_see_requests_from_the_outside_in_and_responses_back_out() {
    let log = Log::default();
    let inner = App::from_fn(place).filtered(&[log.hook("c"), filter_fn(pass), log.hook("d")]);
    let app = inner.filtered(&[log.hook("a"), Filter::layer(Identity::new()), log.hook("b")]);
    get(&app, "/").await;
    assert_eq!(log.take(), ["a", "b", "c", "d", "D 200", "C 200", "B 200", "A 200"]);
}

#[tokio::test]
async fn a_hook_that_answers_is_seen_by_those_outside_only() {
    let log = Log::default();
    let answer = Filter::on_request(|_| ControlFlow::Break(Response::new(Body::from("no"))));
    let app = App::from_fn(place).filtered(&[log.hook("a"), log.hook("b"), answer, log.hook("c")]);
    assert_eq!(text(get(&app, "/").await).await, "no");
    assert_eq!(log.take(), ["a", "b", "B 200", "A 200"]);
}

#[tokio::test]
async fn an_app_shared_by_two_stacks_is_wrapped_in_each() {
    let (one, two) = (Log::default(), Log::default());
    let app = App::from_fn(place).filtered(&[one.hook("shared")]);
    let wrapped = app.clone().filtered(&[two.hook("outer")]);
    get(&app, "/").await;
    assert_eq!((one.take().len(), two.take().len()), (2, 0));
    get(&wrapped, "/").await;
    assert_eq!((one.take().len(), two.take().len()), (2, 2));
}

#[tokio::test]
async fn a_wrap_chooses_how_its_app_runs() {
    let log = Log::default();
    let hook = log.hook("a");
    let twice = Filter::wrap(move |app| app.filtered(&[hook.clone(), hook.clone()]));
    get(&App::from_fn(place).filtered(&[twice]), "/").await;
    assert_eq!(log.take(), ["a", "a", "A 200", "A 200"]);
}

#[tokio::test]
async fn a_response_only_hook_sees_every_response() {
    let log = Log::default();
    let seen = log.clone();
    let hook = Filter::on_response(move |exchange, _| seen.add(exchange.path()));
    get(&App::from_fn(place).filtered(&[hook]), "/x").await;
    assert_eq!(log.take(), ["/x"]);
}

#[tokio::test]
async fn an_app_runs_on_any_thread() {
    let app = App::from_fn(place).filtered(&[filter_fn(pass), Filter::layer(Identity::new())]);
    let task = tokio::spawn(app.handle(Default::default(), None));
    assert_eq!(text(task.await.unwrap()).await, "|/");
}
