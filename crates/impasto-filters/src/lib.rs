//! The apps, filters and composites that come with impasto.
//!
//! A program that links this crate (`use impasto_filters as _;`) can name them in its files as
//! `egg:impasto#NAME`. Each is one module, written with nothing but the public API of [`impasto`], and
//! its settings struct is its documentation: `impasto reference NAME` shows it.
//!
//! Composites, which load other apps by name:
//!
//! | name | for |
//! |---|---|
//! | `urlmap` | apps by path and host, as Paste's |
//! | `nova_urlmap` | apps by path, host and version, as nova's |
//! | `host` | apps by host, with wildcards |
//! | `match` | apps by method, path, headers and query |
//! | `split` | apps by weight, as for a canary |
//! | `cascade` | the first app that has an answer |
//! | `pipeline_factory` | one of several pipelines, by a setting, as nova's |
//!
//! Filters, in the order in which a pipeline usually has them:
//!
//! | name | for |
//! |---|---|
//! | `access_log` | a line in a log for every request; `compute_request_log` and `translogger` as nova and Paste write it |
//! | `metrics` | counters for Prometheus; also an app, which shows them |
//! | `stats`, `openstack_stats` | times for a statsd server |
//! | `proxy_headers` | the client's own address, behind a proxy |
//! | `redirect_https` | nothing in the clear |
//! | `maintenance` | a sign at the door while there is work to do |
//! | `prefix` | a service that a proxy shows under a prefix |
//! | `trace`, `oslo_tracing` | requests as parts of traces, across services |
//! | `request_id` | an id for every request |
//! | `correlation_id` | the id of a larger whole |
//! | `openstack_request_id`, `compute_request_id` | the same, as OpenStack's services do it |
//! | `propagate_headers` | headers of the client, given back |
//! | `sensitive_headers` | headers that nobody should write down |
//! | `ip_access` | clients of some networks only |
//! | `rate_limit` | clients that ask too often |
//! | `basic_auth` | users with a name and a password |
//! | `jwt` | users with a token |
//! | `concurrency_limit` | no more at once than can be done |
//! | `normalize_path` | one form of every path |
//! | `rewrite` | other paths than the client's |
//! | `secure_headers` | the headers that browsers want for safety |
//! | `headers` | headers as the operator wants them |
//! | `set_status` | another status |
//! | `compress`, `gzip` | shorter answers |
//! | `etag` | no answer that the client has |
//! | `cors`, `oslo_cors` | pages of other sites that use the API |
//! | `csrf` | no pages of other sites that change things |
//! | `catch_errors`, `fault_wrapper`, `heat_fault_wrapper`, `error_catcher` | a tidy answer when something failed |
//! | `error_documents` | pages where something is wrong |
//! | `osprofiler` | nothing; files of OpenStack's services have it |
//! | `httpexceptions` | nothing; files of Paste have it |
//! | `timeout` | an answer in time |
//! | `validate_request` | requests with the headers that they should have |
//! | `size_limit` | request bodies of a bounded size |
//! | `decompress` | request bodies that come compressed |
//! | `debug` | a look at heads, wherever it stands |
//! | `fault_injection` | faults on purpose |
//! | `buffer` | apps that should not wait for request bodies |
//!
//! Apps:
//!
//! | name | for |
//! |---|---|
//! | `respond` | one answer to everything |
//! | `redirect` | what has moved |
//! | `versions` | the versions of an API, as nova lists them |
//! | `static` | the files of a directory |
//! | `healthcheck` | load balancers; also a filter |
//! | `debug` | trying things; also a filter, which shows heads |

mod chance;
mod client;
mod coding;
mod drain;
mod gather;
mod header_map;
mod location;
mod media_types;
mod oslo;
mod paths;
mod statuses;
mod target;
mod text;
mod user;

mod cascade;
mod host;
mod matching;
mod options;
mod pipeline_factory;
mod split;
mod urlmap;

mod access_log;
mod basic_auth;
mod buffer;
mod catch_errors;
mod compress;
mod concurrency_limit;
mod correlation_id;
mod cors;
mod csrf;
mod decompress;
mod error_documents;
mod etag;
mod fault_injection;
mod foreign;
mod forwarded;
mod headers;
mod ip_access;
mod jwt;
mod maintenance;
mod metrics;
mod network;
mod normalize_path;
mod openstack_request_id;
mod origin;
mod osprofiler;
mod prefix;
mod propagate_headers;
mod proxy_headers;
mod rate_limit;
mod redirect_https;
mod request_id;
mod rewrite;
mod secure_headers;
mod sensitive_headers;
mod set_status;
mod size_limit;
mod stats;
mod timeout;
mod trace;
mod unique;
mod validate_request;

mod debug;
mod healthcheck;
mod httpexceptions;
mod redirect;
mod respond;
mod static_files;
mod versions;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod testing;

pub use urlmap::BestContentType;
pub use user::User;

use impasto_routing::accept;
use text::text;

impasto::egg!("impasto");
