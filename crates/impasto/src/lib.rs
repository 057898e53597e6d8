//! PasteDeploy for Rust: HTTP services whose middleware is decided by a text file.
//!
//! An INI file says which apps there are, which filters wrap them, and in which order:
//!
//! ```ini
//! [composite:main]
//! use = egg:impasto#urlmap
//! / = home
//! /api = api
//!
//! [pipeline:api]
//! pipeline = request_id cors backend
//!
//! [filter:cors]
//! use = egg:impasto#cors
//! allow_origins = https://example.org
//! ```
//!
//! An operator edits the file, a developer writes the factories that it names, and a service loads an
//! app by its name. The dialect and its meaning are those of Python's PasteDeploy; its files load
//! unchanged wherever a factory exists for each reference.
//!
//! # A factory
//!
//! A filter begins with its settings. Their struct is what a section may say, and its documentation
//! is what a person reads; [`register!`] gives the factory its name.
//!
//! ```
//! use impasto::http::HeaderValue;
//! use impasto::{App, Body, Exchange, Filter, Loader, Request, Response, register};
//! use schemars::JsonSchema;
//! use serde::Deserialize;
//!
//! /// Greets whoever calls, in a response header.
//! #[derive(Deserialize, JsonSchema)]
//! struct Greeting {
//!     /// Who is greeted.
//!     #[serde(default = "world")]
//!     name: String,
//! }
//!
//! fn world() -> String {
//!     "world".to_owned()
//! }
//!
//! fn greeting(settings: Greeting) -> anyhow::Result<Filter> {
//!     let value = HeaderValue::try_from(format!("hello {}", settings.name))?;
//!     Ok(Filter::on_response(move |_, response| {
//!         response.headers_mut().insert("x-greeting", value.clone());
//!     }))
//! }
//!
//! register!("greeting" => greeting);
//!
//! // An app is an async function, here without settings.
//! async fn answer(exchange: &mut Exchange) -> Response {
//!     Response::new(Body::from(exchange.path().to_owned()))
//! }
//!
//! register!("echo_path" => |_: ()| App::from_fn(answer));
//!
//! // The file names them by the crate that registers them.
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("api-paste.ini");
//! # let krate = env!("CARGO_PKG_NAME");
//! std::fs::write(&path, format!("
//! [pipeline:main]
//! pipeline = greeting echo
//!
//! [filter:greeting]
//! use = egg:{krate}#greeting
//! name = painter
//!
//! [app:echo]
//! use = egg:{krate}#echo_path
//! "))?;
//!
//! let app = Loader::open(&path)?.app("main")?;
//!
//! // An app is a tower service that never fails.
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! use tower::ServiceExt;
//!
//! let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
//! assert_eq!(response.headers()["x-greeting"], "hello painter");
//! # });
//! # Ok::<(), anyhow::Error>(())
//! ```
//!
//! What a filter may be, from the cheapest to the most general: a hook ([`Filter::on_request`],
//! [`Filter::on_response`], [`Filter::hook`]) that never waits; an async function ([`filter_fn`],
//! [`filter_with`]) that is given the rest of the stack as [`Next`]; any tower layer
//! ([`Filter::layer`]). An app is an async function ([`App::from_fn`]), a function that
//! never waits ([`App::at_once`]), or any tower service, such as an axum router ([`App::service`]).
//!
//! # What is wrong
//!
//! Mistakes are values. Loading fails with [`Problems`]: all that it found, each with its file, line
//! and column, the reason, the nearest right name, and who needed it.
//!
//! ```
//! # let directory = tempfile::tempdir()?;
//! # std::env::set_current_dir(&directory)?;
//! std::fs::write("api-paste.ini", "
//! [pipeline:main]
//! pipeline = crs app
//! [filter:cors]
//! use = egg:impasto#cors
//! [app:app]
//! use = egg:impasto#respond
//! ")?;
//!
//! let problems = impasto::load_app("config:api-paste.ini", "main").unwrap_err();
//! assert_eq!(problems.to_string(), "\
//! error[missing-section]: there is no [filter:crs] in api-paste.ini
//!  --> api-paste.ini:3:12
//!   |
//! 3 | pipeline = crs app
//!   |            ^^^
//!   |
//!   = help: did you mean `cors`?");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Loader::check`] does this for a whole file, and warns of what works but not as it reads.
//!
//! # What a name means
//!
//! Resolving and creating are two steps. [`Loader::context`] gives the [`Context`] tree of a name, for
//! which no factory needs to be linked; every value in it knows where it came from.
//!
//! ```
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("api-paste.ini");
//! # std::fs::write(&path, "[DEFAULT]\nname = a\n[app:main]\nuse = egg:hello\nset name = b\nsize = 1\n").unwrap();
//! use impasto::{Group, Loader, Rule};
//!
//! let context = Loader::open(&path)?.context(Group::App, "main")?;
//! let name = context.global_conf().get("name").unwrap();
//! assert_eq!((name.text(), name.origin().rule()), ("b", Rule::Set));
//! # Ok::<(), impasto::Problems>(())
//! ```
//!
//! # Where things are
//!
//! The apps and filters that come with impasto are in the crate `impasto-filters`, the server in
//! `impasto-server`, the commands in `impasto-cli`. This crate knows no sockets and no runtime.

mod compose;
pub mod ini;
mod lengths;
mod loader;
mod problem;
mod registry;
pub mod settings;
mod table;

pub use compose::{
    App, AppFn, AsyncFilter, Body, BodyEnd, BoxError, BoxFuture, Connection, Exchange, Failure,
    Filter, FilterFn, FilterFnWith, Handler, Hook, LayerService, Mount, Next, Outcome, Request,
    Response, Rest, ServiceFuture, Swap, Tls, filter_fn, filter_with, install_panic_hook,
};
pub use http;
pub use loader::{
    Change, Changes, Children, Composite, CompositeLoader, Conf, Context, Declaration, Declared,
    Difference, FactoryReference, Loader, Object, Observer, Origin, Pipeline, Rule, Seen, Snapshot,
    Uri, Value, app_config, load_app, load_filter, load_server, looks_secret, parse_error_json,
    reads,
};
pub use problem::{Code, Edit, Need, Place, Problem, Problems, Severity, Source, nearest};
pub use registry::{
    Absent, Effect, Egg, Factory, FactoryFn, Group, IntoProduct, Kind, Location, Made, NotFound,
    Order, OrderRule, Product, Reference, Registry, Relay, Role, Serve,
};
pub use settings::{Options, SettingError, SettingErrors, SettingFacts};

/// What the macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use crate::registry::{call, kind_of, known_of};
    pub use inventory;
}
