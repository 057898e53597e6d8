use std::future::pending;
use std::ops::ControlFlow;

use impasto::http::HeaderValue;
use impasto::{Body, Exchange, Filter, Group, Next, Response, filter_fn, register};

use super::*;

async fn tagged(exchange: &mut Exchange, next: Next<'_>) -> Response {
    let mut response = next.run(exchange).await;
    response.headers_mut().insert("x-tagged", HeaderValue::from_static("1"));
    response
}

async fn panicking(_: &mut Exchange, _: Next<'_>) -> Response {
    panic!("as it should")
}

fn marked(_: ()) -> Filter {
    Filter::on_response(|_, response| {
        response.headers_mut().append("x-marked", HeaderValue::from_static("1"));
    })
}

/// Leaves itself out where nothing waits, and says so where it stays.
fn waiting_only(_: ()) -> Filter {
    Filter::wrap(|app| match app.never_waits() {
        true => app,
        false => app.filtered(&[filter_fn(tagged)]),
    })
}

async fn slow(exchange: &mut Exchange) -> Response {
    tokio::task::yield_now().await;
    Response::new(Body::from(exchange.path().to_owned()))
}

register!("tagged" => |_: ()| filter_fn(tagged));
register!("panicking" => |_: ()| filter_fn(panicking));
register!("panicking_hook" => |_: ()| Filter::on_request(|_| panic!("as it should")));
register!("refusing" => |_: ()| Filter::on_request(|_| ControlFlow::Break(Response::default())));
register!("marked" => marked);
register!("waiting_only" => waiting_only);
register!("layer" => |_: ()| Filter::layer(tower_layer::layer_fn(|service| service)));
register!("slow" => |_: ()| App::from_fn(slow));
register!("quick" => |_: ()| App::at_once(|_| Response::new(Body::from("quick"))));
register!("never" => |_: ()| App::from_fn(never));

async fn never(_: &mut Exchange) -> Response {
    pending().await
}

/// A file of one pipeline, whose names are factories.
fn loader(pipeline: &str) -> (tempfile::TempDir, Loader) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.ini");
    let names: Vec<&str> = pipeline.split(' ').collect();
    let mut text = format!("[pipeline:main]\npipeline = {pipeline}\n");
    for (at, name) in names.iter().enumerate() {
        let kind = if at + 1 == names.len() { "app" } else { "filter" };
        if !names[..at].contains(name) {
            text.push_str(&format!("[{kind}:{name}]\nuse = egg:impasto-workbench#{name}\n"));
        }
    }
    std::fs::write(&path, text).unwrap();
    let loader = Loader::open(&path).unwrap();
    (directory, loader)
}

fn question() -> Question {
    Question::new("GET", "/x", &[]).unwrap()
}

#[tokio::test]
async fn what_is_looked_at_answers_as_it_is_served() {
    for pipeline in [
        "marked slow",
        "marked tagged marked quick",
        "marked tagged panicking slow",
        "tagged marked panicking marked quick",
        "marked panicking_hook tagged slow",
        "tagged refusing marked slow",
        "waiting_only marked quick",
        "waiting_only marked slow",
        "tagged layer marked layer tagged slow",
        "layer panicking quick",
        "marked marked layer quick",
    ] {
        let (_directory, loader) = loader(pipeline);
        let context = loader.context(Group::App, "main").unwrap();
        let served = context.create_app(Registry::linked()).unwrap();
        let mut exchange = question().exchange();
        let (served, body) = served.run(&mut exchange).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();

        let trial = Trial::of(&loader, None, None).unwrap();
        for _ in 0..2 {
            let outcome = trial.ask(&question()).await.unwrap();
            assert_eq!(outcome.status, served.status, "{pipeline}");
            assert_eq!(outcome.headers, served.headers, "{pipeline}");
            assert_eq!(outcome.body, body, "{pipeline}");
        }
    }
}

#[tokio::test]
async fn it_is_known_who_answered_and_who_was_passed() {
    for (pipeline, by, filters) in [
        ("marked tagged slow", "slow", "marked tagged"),
        ("marked refusing tagged slow", "refusing", "marked refusing"),
        ("tagged layer quick", "quick", "tagged layer"),
    ] {
        let (_directory, loader) = loader(pipeline);
        let trial = Trial::of(&loader, None, None).unwrap();
        let outcome = trial.ask(&question()).await.unwrap();
        assert_eq!(outcome.answered_by().unwrap().layer.name(), by, "{pipeline}");
        assert_eq!(outcome.filters().collect::<Vec<_>>().join(" "), filters, "{pipeline}");
    }
}

#[tokio::test]
async fn what_a_layer_changes_is_told_of_that_layer() {
    let (_directory, loader) = loader("marked tagged marked slow");
    let outcome = Trial::of(&loader, None, None).unwrap().ask(&question()).await.unwrap();
    let changes: Vec<_> = outcome.passages.iter().map(|it| it.response.join(" ")).collect();
    let twice = "- x-marked: 1 + x-marked: 1 + x-marked: 1";
    assert_eq!(changes, [twice, "+ x-tagged: 1", "+ x-marked: 1", ""]);
}

#[tokio::test(start_paused = true)]
async fn an_app_that_never_answers_is_given_up() {
    let (_directory, loader) = loader("tagged never");
    let trial = Trial::of(&loader, None, None).unwrap();
    let error = trial.ask(&question()).await.err().unwrap();
    assert_eq!(error, "there is no whole answer after 60 seconds");
}
