use schemars::JsonSchema;
use serde::Deserialize;

use super::{Egg, Factory, Group, Kind, Location, Made, Reference, Registry, Serve};
use crate::compose::{App, BoxFuture, Filter, Response};
use crate::loader::{CompositeLoader, Conf};
use crate::problem::{Code, Problems};
use crate::settings::Options;

/// Answers with a text.
///
/// The text is sent as it is.
///
/// ```ini
/// [app:hello]
/// use = egg:impasto#hello
/// text = hello
/// ```
#[derive(Deserialize, JsonSchema)]
struct Hello {
    /// What it says.
    #[serde(alias = "words", alias = "body")]
    #[allow(dead_code, reason = "only its name matters")]
    text: String,
    /// How often.
    #[serde(default = "once")]
    #[allow(dead_code, reason = "only its name matters")]
    times: u8,
}

fn once() -> u8 {
    1
}

fn app() -> App {
    App::from_fn(async |_: &mut crate::Exchange| Response::default())
}

fn hello(_: Hello) -> App {
    app()
}

fn fallible(_: ()) -> anyhow::Result<Filter> {
    anyhow::bail!("no")
}

fn both(_: (), loader: &CompositeLoader) -> App {
    loader.app("a")
}

struct Nowhere;

impl Serve for Nowhere {
    fn serve(&self, _: App) -> BoxFuture<'static, anyhow::Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

fn nowhere(_: ()) -> anyhow::Result<impl Serve + use<>> {
    Ok(Nowhere)
}

static HELLO: Factory =
    crate::__factory!("hello_world" => hello, for "acme.apps:Hello.factory", "egg:Acme.Apps#hello");
static FILTER: Factory = crate::__factory!("hello_world" => fallible);
static BOTH: Factory = crate::__factory!("both" => both);
static SERVER: Factory = crate::__factory!("nowhere" => nowhere);
static EGG: Egg = Egg::new("impasto", "painting", Location { file: "x.rs", line: 1 });

fn registry() -> Registry {
    Registry::of([&SERVER, &BOTH, &HELLO, &FILTER], [&EGG])
}

fn egg<'a>(package: &'a str, name: &'a str) -> Reference<'a> {
    Reference::Egg { package, name }
}

fn object<'a>(module: &'a str, attr: &'a str) -> Reference<'a> {
    Reference::Object { module, attr }
}

fn make(factory: &Factory, local: &Conf) -> Result<Made, Problems> {
    let options = Options { local, global: &Conf::default(), section: "app:x", place: None };
    factory.make(&options, &CompositeLoader::empty(Registry::linked()))
}

#[test]
fn the_kind_is_what_the_function_returns() {
    let kinds = [&HELLO, &FILTER, &BOTH, &SERVER].map(Factory::kind);
    assert_eq!(kinds, [Kind::App, Kind::Filter, Kind::Composite, Kind::Server]);
}

#[test]
fn factories_make_and_refuse() {
    let text = Conf::from_iter([("text", "hi")]);
    assert!(matches!(make(&HELLO, &text), Ok(Made::App(_))));
    assert!(matches!(make(&SERVER, &Conf::default()), Ok(Made::Server(_))));
    let code = |result: Result<Made, Problems>| result.err().map(|problems| problems.0[0].code);
    assert_eq!(code(make(&HELLO, &Conf::default())), Some(Code::MissingSetting));
    assert_eq!(code(make(&FILTER, &text)), Some(Code::UnknownSetting));
    assert_eq!(code(make(&FILTER, &Conf::default())), Some(Code::FactoryFailed));
}

#[test]
fn a_server_is_known_by_its_type() {
    let Ok(Made::Server(server)) = make(&SERVER, &Conf::default()) else { panic!("no server") };
    assert!((server as Box<dyn std::any::Any>).is::<Nowhere>());
}

#[test]
fn references_lead_to_factories() {
    let registry = registry();
    assert!(registry.problems().is_empty(), "{:?}", registry.problems());
    let found = |group, reference| registry.find(group, &reference).ok().map(Factory::kind);
    assert_eq!(found(Group::App, egg("impasto", "hello_world")), Some(Kind::App));
    assert_eq!(found(Group::App, egg("Painting", "Hello-World")), Some(Kind::App));
    assert_eq!(found(Group::App, egg("acme_apps", "hello")), Some(Kind::App));
    assert_eq!(found(Group::App, object("acme.apps", "Hello.factory")), Some(Kind::App));
    assert_eq!(found(Group::App, object("impasto", "hello.world")), Some(Kind::App));
    assert_eq!(found(Group::Filter, egg("impasto", "hello_world")), Some(Kind::Filter));
    assert_eq!(found(Group::App, egg("impasto", "both")), Some(Kind::Composite));
    assert_eq!(found(Group::App, object("Acme.apps", "Hello.factory")), None);
    assert_eq!(found(Group::Server, egg("impasto", "both")), None);
    assert!(["impasto", "Painting", "acme.apps"].iter().all(|package| registry.is_linked(package)));
    assert!(!registry.is_linked("acme"));
}

#[test]
fn what_is_not_found_says_what_is_near() {
    let registry = registry();
    let problem = |group, reference, written| match registry.find(group, &reference) {
        Ok(found) => panic!("{found:?}"),
        Err(not_found) => not_found.problem(written),
    };
    let wrong = problem(Group::App, egg("painting", "helo_world"), "egg:painting#helo_world");
    assert_eq!(wrong.code, Code::UnknownFactory);
    assert_eq!(wrong.reference.as_deref(), Some("egg:painting#helo_world"));
    assert_eq!(
        wrong.help,
        ["did you mean `egg:painting#hello_world`?", "linked into this program: painting",]
    );
    let near = |reference| problem(Group::App, reference, "x").help[0].clone();
    assert_eq!(near(egg("oslo", "both")), "did you mean `egg:painting#both`?");
    assert_eq!(near(egg("acme.aps", "helo")), "did you mean `egg:Acme.Apps#hello`?");
    assert_eq!(
        near(object("acme.app", "Hello.factory")),
        "did you mean `acme.apps:Hello.factory`?"
    );
    assert_eq!(near(egg("quite", "different")), "linked into this program: painting");
    let wrong = problem(Group::Filter, egg("painting", "both"), "egg:painting#both");
    assert_eq!(wrong.code, Code::WrongKind);
    assert_eq!(wrong.message, "`egg:painting#both` is an app, and a filter is needed");
}

#[test]
fn two_factories_under_one_reference() {
    static AGAIN: Factory = crate::__factory!("Hello-World" => both);
    static RIVAL: Factory = Factory {
        package: "rivals",
        ..crate::__factory!("rival" => hello, for "acme.apps : Hello.factory")
    };
    let problems = Registry::of([&RIVAL, &HELLO, &AGAIN], [&EGG]).problems;
    let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "two app factories are `egg:impasto#hello_world`",
            "two app factories are `acme.apps:Hello.factory`"
        ]
    );
    assert!(problems.iter().all(|problem| problem.code == Code::DuplicateFactory));
    let at = |package: &str, factory: &Factory| {
        format!("one is in crate {package}, at {}", factory.location())
    };
    assert_eq!(problems[1].help, [at("impasto", &HELLO), at("rivals", &RIVAL)]);
    assert!(problems[0].help.contains(&at("impasto", &HELLO)));
    assert!(problems[0].help.contains(&at("impasto", &AGAIN)));
}

#[test]
fn names_that_no_file_can_write() {
    static FACTORIES: [Factory; 6] = [
        crate::__factory!("" => hello),
        crate::__factory!("a b" => hello),
        crate::__factory!("a#b" => hello),
        crate::__factory!("a:b" => hello),
        crate::__factory!("[ab" => hello),
        crate::__factory!("ok" => hello, for "not a reference"),
    ];
    static BAD_EGG: Egg = Egg::new("other", "a b", Location { file: "x.rs", line: 7 });
    let registry = Registry::of(&FACTORIES, [&BAD_EGG]);
    assert_eq!(registry.problems().len(), 7, "{:?}", registry.problems());
    assert!(registry.problems().iter().all(|problem| problem.code == Code::BadFactoryName));
    assert!(registry.problems()[0].help[0].contains("x.rs:7"));
    assert!(registry.find(Group::App, &egg("impasto", "ok")).is_ok());
}

#[test]
fn the_settings_struct_is_the_documentation() {
    assert_eq!(HELLO.summary(), "Answers with a text.");
    let example = HELLO.example();
    assert_eq!(example.as_deref(), Some("[app:hello]\nuse = egg:impasto#hello\ntext = hello\n"));
    let settings = HELLO.settings();
    let names: Vec<_> = settings.iter().map(|setting| setting.name.as_str()).collect();
    assert_eq!(names, ["text", "times"]);
    assert_eq!(settings[0].aliases, ["body", "words"]);
    assert!(settings[0].required && !settings[1].required);
    assert_eq!(settings[1].default.as_deref(), Some("1"));
    assert_eq!(settings[1].docs, "How often.");
    assert_eq!(FILTER.docs(), "");
    assert!(FILTER.settings().is_empty());
}

proptest::proptest! {
    #[test]
    fn no_reference_panics(outer in "\\PC{0,12}", inner in "[a-z._#:\\[\\] -]{0,8}") {
        let registry = registry();
        for reference in [egg(&outer, &inner), object(&outer, &inner)] {
            for group in Group::ALL {
                if let Err(not_found) = registry.find(group, &reference) {
                    let problem = not_found.problem(&outer);
                    proptest::prop_assert_eq!(problem.reference, Some(outer.clone()));
                }
            }
        }
    }
}
