//! `egg:Paste#http`, and the servers that took its place in later files.

use std::path::PathBuf;

use impasto::register;
use impasto::settings::Duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Unused;
use crate::http::{Http, MOST_THREADS, server};
use crate::server::Server;

/// Stands in for the servers of Paste, PasteScript and Pyramid: address, threads and certificate keep
/// their meaning, and all their other settings are accepted. What is not set is as in
/// `egg:impasto#http`.
///
/// ```ini
/// [server:main]
/// use = egg:Paste#http
/// host = 127.0.0.1
/// port = 6543
/// use_threadpool = true
/// threadpool_workers = 10
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Paste {
    /// The host to listen on; by default 127.0.0.1.
    pub host: Option<String>,
    /// The port to listen on; by default 8080.
    pub port: Option<u16>,
    /// How many connections the system holds ready while none is accepted.
    #[schemars(range(min = 1))]
    pub request_queue_size: Option<u32>,
    /// How many threads serve. Requests are not bound to them: one that waits leaves its thread to
    /// others.
    #[serde(alias = "numthreads")]
    #[schemars(range(min = 1, max = MOST_THREADS))]
    pub threadpool_workers: Option<usize>,
    /// How long a connection may rest between two requests.
    #[serde(alias = "timeout")]
    pub socket_timeout: Option<Duration>,
    /// The PEM file of the certificate, with its chain and its key.
    pub ssl_pem: Option<PathBuf>,

    /// Unused: requests are not bound to threads.
    pub use_threadpool: Unused,
    /// Unused, as `use_threadpool`.
    pub daemon_threads: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_max_requests: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_hung_thread_limit: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_kill_thread_limit: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_dying_limit: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_spawn_if_under: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_max_zombie_threads_before_die: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_hung_check_period: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_error_email: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_name: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_daemon: Unused,
    /// Unused, as `use_threadpool`.
    pub threadpool_logger: Unused,
    /// Unused, as `use_threadpool`.
    pub max: Unused,
    /// Unused: there is no `Server` header.
    pub server_version: Unused,
    /// Unused: every request has a host.
    pub server_name: Unused,
    /// Unused: clients choose among the versions of HTTP.
    pub protocol_version: Unused,
}

impl From<Paste> for Http {
    fn from(paste: Paste) -> Http {
        let default = Http::default();
        let keep_alive = paste.socket_timeout.unwrap_or(default.keep_alive);
        Http {
            host: paste.host.unwrap_or(default.host),
            port: paste.port.unwrap_or(default.port),
            backlog: paste.request_queue_size.unwrap_or(default.backlog),
            threads: paste.threadpool_workers,
            keep_alive,
            idle_timeout: keep_alive,
            tls_cert: paste.ssl_pem.into_iter().collect(),
            ..default
        }
    }
}

fn paste_http(settings: Paste) -> anyhow::Result<Server> {
    server(settings.into())
}

register!("paste_http" => paste_http, for
    "egg:Paste#http", "egg:PasteScript#cherrypy", "egg:PasteScript#wsgiutils",
    "egg:pyramid#cherrypy", "egg:pyramid#wsgiref");
