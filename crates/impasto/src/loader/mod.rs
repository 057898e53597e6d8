//! From a file to apps: names are resolved to a tree of contexts, and the tree is created.

mod ahead;
mod allow;
mod broken;
mod changes;
mod check;
mod classify;
mod composite;
mod conf;
mod context;
mod create;
mod creator;
mod directives;
mod enter;
mod expand;
mod files;
mod follow;
mod found;
mod frame;
mod frames;
mod index;
mod inline_comment;
mod json;
mod kind;
mod late;
mod level;
mod limits;
mod load;
mod lost;
mod misread;
mod missing;
mod named;
mod observer;
mod one_value;
mod order;
mod origin;
mod paths;
mod proven;
mod reads;
mod reference;
mod resolve;
mod same_mount;
mod scope;
mod section;
mod shape;
mod shortcuts;
mod snapshot;
mod superseded;
mod surprises;
mod trail;
mod tree;
mod unused;
mod uri;
mod value;
mod visit;
mod wanted;
mod warn;
mod word;
mod work;

pub use changes::{Change, Changes, Difference, looks_secret};
pub use composite::CompositeLoader;
pub use conf::Conf;
pub use context::{Context, Object};
pub use expand::{Children, Composite, Pipeline};
pub use index::Declared;
pub use json::parse_error_json;
pub use load::{Declaration, Loader};
pub use named::FactoryReference;
pub use observer::Observer;
pub use one_value::Seen;
pub use origin::{Origin, Rule};
pub use reads::reads;
pub(crate) use reference::split_entry_point;
pub use shortcuts::{app_config, load_app, load_filter, load_server};
pub use snapshot::Snapshot;
pub use uri::Uri;
pub use value::Value;

/// Runs what may nest as deep as references do, on more stack when the thread has little left.
fn deep<R>(run: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(128 << 10, 4 << 20, run)
}
