//! Holds filters to what the filters around them, and the server, rely on.
//!
//! A filter stands in stacks that its author does not know. So it passes bodies on piece by piece, lets
//! go of everything when a client goes away, survives the panic of an app, and so on. Each such rule is a
//! [`Check`]; [`Conformance`] makes them all with one filter:
//!
//! ```
//! use impasto::Filter;
//! use impasto_testing::Conformance;
//!
//! let filter = Filter::on_response(|_, response| {
//!     response.extensions_mut().insert("seen");
//! });
//! # let filter = Filter::on_response(|_, _| ());
//! Conformance::of(filter).assert();
//! ```
//!
//! A filter that breaks a rule by its nature says so, with the reason; when the reason is gone, the
//! exception fails:
//!
//! ```should_panic
//! # use impasto::Filter;
//! use impasto_testing::{Check, Conformance};
//!
//! let filter = Filter::on_response(|_, _| ());
//! Conformance::of(filter)
//!     .except(Check::ResponseStreams, "signs the body, and so needs all of it")
//!     .assert();
//! ```
//!
//! [`Conformance::of_factory`] takes the filter from the documented example of a registered factory, so that
//! a loop over [`Registry::factories`](impasto::Registry::factories) holds all filters of a crate.
//!
//! This crate is for `[dev-dependencies]`. With its feature `allocations`, which is on unless it is turned
//! off, it brings the program an allocator that counts.

mod check;
mod checks;
mod conformance;
mod example;
mod probe;

pub use check::Check;
pub use conformance::{Conformance, Report};
pub use example::Example;
