//! The apps, filters and composites that come with impasto.
//!
//! A program that links this crate (`use impasto_filters as _;`) can name them in its files as
//! `egg:impasto#NAME`. Each is one module, written with nothing but the public API of [`impasto`], and
//! its settings struct is its documentation: `impasto reference NAME` shows it.
//!
//! Filters, in the order in which a pipeline usually has them:
//!
//! | name | for |
//! |---|---|
//! | `request_id` | an id for every request |
//! | `openstack_request_id`, `compute_request_id` | the same, as OpenStack's services do it |
//! | `secure_headers` | the headers that browsers want for safety |
//! | `cors` | pages of other sites that use the API |
//! | `catch_errors` | a tidy answer when something failed |
//! | `timeout` | an answer in time |
//! | `size_limit` | request bodies of a bounded size |

mod text;

mod catch_errors;
mod cors;
mod openstack_request_id;
mod request_id;
mod secure_headers;
mod size_limit;
mod timeout;
mod unique;

#[cfg(test)]
mod testing;

use text::text;

impasto::egg!("impasto");
