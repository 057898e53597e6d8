//! PasteDeploy for Rust.

mod compose;
pub mod ini;
mod loader;
mod problem;
pub mod settings;

pub use compose::{
    App, AppFn, AsyncFilter, Body, BodyEnd, BoxError, BoxFuture, Connection, Exchange, Failure,
    Filter, FilterFn, FilterFnWith, Handler, Hook, LayerService, Mount, Next, Outcome, Request,
    Response, Rest, ServiceFuture, Swap, filter_fn, filter_with, install_panic_hook,
};
pub use http;
pub use loader::{Conf, Origin, Rule, Value};
pub use problem::{Code, Need, Place, Problem, Problems, Severity, Source, nearest};
pub use settings::{Options, SettingError, SettingFacts};
