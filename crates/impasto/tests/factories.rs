//! Loading with factories that misbehave.

use std::collections::BTreeMap;

use impasto::{App, Code, CompositeLoader, Exchange, Loader, Problems, Response, register};
use schemars::JsonSchema;
use serde::Deserialize;

async fn empty(_: &mut Exchange) -> Response {
    Response::default()
}

fn bomb(_: ()) -> App {
    panic!("not today")
}

/// An app of apps.
#[derive(Deserialize, JsonSchema)]
struct All {
    #[serde(flatten)]
    apps: BTreeMap<String, String>,
}

fn all(settings: All, loader: &CompositeLoader) -> App {
    let mut apps: Vec<App> = settings.apps.values().map(|name| loader.app(name)).collect();
    apps.pop().unwrap_or(App::from_fn(empty))
}

register!("bomb" => bomb);
register!("empty" => |_: ()| App::from_fn(empty));
register!("all" => all);

fn load(text: &str) -> Result<App, Problems> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("api-paste.ini");
    std::fs::write(&path, text).unwrap();
    Loader::open(&path)?.app("main")
}

#[test]
fn a_factory_that_panics_is_a_problem() {
    let problems = load("[app:main]\nuse = egg:impasto#bomb\n").unwrap_err();
    let [problem] = &problems.0[..] else { panic!("{problems}") };
    assert_eq!(problem.code, Code::FactoryFailed);
    assert!(problem.message.starts_with("bomb panicked"), "{}", problem.message);
    assert!(problem.message.ends_with("not today"), "{}", problem.message);
    assert_eq!(problem.place.as_ref().map(|place| place.line()), Some(1));
}

#[test]
fn a_composite_finds_what_is_wrong_with_all_its_parts() {
    let problems = load(
        "[composite:main]\nuse = egg:impasto#all\na = nothing\nb = bomb\nc = fine\n\
         [app:bomb]\nuse = egg:impasto#bomb\n[app:fine]\nuse = egg:impasto#empty\n",
    )
    .unwrap_err();
    let found: Vec<_> = problems
        .iter()
        .map(|problem| (problem.code, problem.place.as_ref().map(|place| place.line())))
        .collect();
    assert_eq!(found, [(Code::MissingSection, Some(3)), (Code::FactoryFailed, Some(6))]);
    // `bomb` is needed by an option, and says so.
    assert_eq!(problems.0[1].needed_by[0].key, "b");
}
