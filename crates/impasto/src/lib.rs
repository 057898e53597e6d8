//! PasteDeploy for Rust.

mod compose;
pub mod ini;
mod loader;
mod problem;
mod registry;
pub mod settings;
mod table;

pub use compose::{
    App, AppFn, AsyncFilter, Body, BodyEnd, BoxError, BoxFuture, Connection, Exchange, Failure,
    Filter, FilterFn, FilterFnWith, Handler, Hook, LayerService, Mount, Next, Outcome, Request,
    Response, Rest, ServiceFuture, Swap, filter_fn, filter_with, install_panic_hook,
};
pub use http;
pub use loader::{
    Children, CompositeLoader, Conf, Context, Declaration, FactoryReference, Loader, Object,
    Origin, Pipeline, Rule, Uri, Value, app_config, load_app, load_filter, load_server,
    parse_error_json,
};
pub use problem::{Code, Need, Place, Problem, Problems, Severity, Source, nearest};
pub use registry::{
    Egg, Factory, FactoryFn, Group, IntoProduct, Kind, Location, Made, NotFound, Product,
    Reference, Registry, Serve,
};
pub use settings::{Options, SettingError, SettingFacts};

/// What the macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use crate::registry::{call, kind_of, schema_of, spellings_of};
    pub use inventory;
}
