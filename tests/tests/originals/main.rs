//! Filters, composites and apps beside the Python ones whose place they take: both load the same paste file and are
//! asked the same. Where they differ there is a reason, or the test fails; a reason where they agree fails too.

mod ask;
mod compare;
mod echo;

/// oslo.middleware's filters.
mod basic_auth;
mod correlation_id;
mod cors;
mod debug;
mod proxies;
mod request_id;
mod size_limit;

/// Those of Paste and PasteDeploy.
mod cascade;
mod error_documents;
mod prefix;
mod static_files;
mod urlmap;

/// nova's.
mod versions;
