//! impasto beside the real PasteDeploy, file by file.

/// The project's own files, with the expected tree of each.
mod cases;
/// The health check beside oslo.middleware's.
mod healthcheck;
/// Files on which PasteDeploy gives up.
mod limits;
/// Random files, random damage, random bytes.
mod random;
/// The files that OpenStack's services ship.
mod services;
/// Files and answers from outside the project, where there are any.
mod shared;
/// The names under which requests are timed, beside oslo.middleware's.
mod stats;

/// Differences that we choose, each with its reason.
mod chosen;
mod in_time;
mod report;
