//! What runs: an [`App`] answers requests, a [`Filter`] wraps one.
//!
//! A stack is a flat list of steps, built once and shared: runs of adjacent hooks ([`hook_run`]), async filters, and
//! the app at the end ([`chain`]). The request is in an [`Exchange`] that every step borrows in turn. Only a tower
//! service is given the request by value, so a tower layer splits the list: it is the end of one, and what it wraps
//! is another ([`service`], [`layer`]).

mod app;
mod async_filter;
mod body;
mod chain;
mod connection;
mod contained;
mod exchange;
mod failure;
mod filter;
mod filter_fn;
mod handler;
mod hook;
mod hook_run;
mod layer;
mod mount;
mod mount_point;
mod next;
mod panic;
mod service;
mod stack;
mod states;
mod streaming;
mod swap;
mod watched;

use std::pin::Pin;

pub use app::App;
pub use async_filter::AsyncFilter;
pub use body::Body;
pub use connection::{Connection, Tls};
pub use exchange::Exchange;
pub use failure::Failure;
pub use filter::Filter;
pub use filter_fn::{FilterFn, FilterFnWith, filter_fn, filter_with};
pub use handler::{AppFn, Handler};
pub use hook::Hook;
pub use layer::{LayerService, Rest};
pub use mount::Mount;
pub use next::Next;
pub(crate) use panic::contain;
pub use panic::install_panic_hook;
pub use service::ServiceFuture;
pub use swap::Swap;
pub use watched::{BodyEnd, Outcome};

/// A request, as tower services see it.
pub type Request<B = Body> = http::Request<B>;

/// A response, as filters and apps make it.
pub type Response<B = Body> = http::Response<B>;

/// An error of any type, as tower services and bodies have them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A boxed future that may be sent to another thread.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
