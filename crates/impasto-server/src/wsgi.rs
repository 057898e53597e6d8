//! The server sections of Python files.

use std::path::PathBuf;

use impasto::register;
use impasto::settings::{Duration, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::http::Http;
use crate::server::Server;

/// Stands in for the servers of Python, so that a file written for Paste, waitress or gunicorn is
/// served as it is: addresses, timeouts and limits keep their meaning, threads and processes are the
/// server's own affair. What would change an answer (`url_prefix`, `trusted_proxy`, `ssl_pem`, ...)
/// is not accepted: there are filters for it.
///
/// ```ini
/// [server:main]
/// use = egg:waitress#main
/// listen = 127.0.0.1:6543
/// threads = 8
/// channel_timeout = 120
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wsgi {
    /// The host to listen on; by default 127.0.0.1.
    pub host: Option<String>,
    /// The port to listen on; by default 8080.
    pub port: Option<u16>,
    /// The addresses to listen on, instead of `host` and `port`.
    #[serde(alias = "bind")]
    pub listen: Vec<Address>,
    /// The path of a unix socket to listen on, instead of `host` and `port`.
    pub unix_socket: Option<PathBuf>,
    /// How many connections the system holds ready while none is accepted.
    #[serde(alias = "request_queue_size")]
    pub backlog: Option<u32>,
    /// How long a connection may rest between two requests.
    #[serde(alias = "keepalive", alias = "socket_timeout")]
    pub channel_timeout: Option<Duration>,
    /// How long requests in flight may take when the server stops.
    pub graceful_timeout: Option<Duration>,
    /// The largest head of a request.
    pub max_request_header_size: Option<Size>,
    /// The most headers of a request.
    pub limit_request_fields: Option<usize>,
    /// Unused: requests are not bound to threads.
    pub threads: Option<String>,
    /// Unused: one process serves with a thread per core.
    pub workers: Option<String>,
    /// Unused, as `workers`.
    pub worker_class: Option<String>,
    /// Unused, as `workers`.
    pub worker_connections: Option<String>,
    /// Unused: there is no worker that could hang.
    pub timeout: Option<String>,
    /// Unused: there is no worker to be replaced.
    pub max_requests: Option<String>,
    /// Unused, as `max_requests`.
    pub max_requests_jitter: Option<String>,
    /// Unused, as `threads`.
    pub use_threadpool: Option<String>,
    /// Unused, as `threads`.
    pub threadpool_workers: Option<String>,
    /// Unused, as `threads`.
    pub daemon_threads: Option<String>,
}

impl From<Wsgi> for Http {
    fn from(wsgi: Wsgi) -> Http {
        let default = Http::default();
        let mut listen = wsgi.listen;
        listen.extend(wsgi.unix_socket.map(Address::Unix));
        Http {
            host: wsgi.host.unwrap_or(default.host),
            port: wsgi.port.unwrap_or(default.port),
            listen,
            backlog: wsgi.backlog.unwrap_or(default.backlog),
            keep_alive: wsgi.channel_timeout.unwrap_or(default.keep_alive),
            graceful_shutdown_timeout: wsgi
                .graceful_timeout
                .unwrap_or(default.graceful_shutdown_timeout),
            max_header_size: wsgi.max_request_header_size.unwrap_or(default.max_header_size),
            max_headers: wsgi.limit_request_fields.unwrap_or(default.max_headers),
            ..default
        }
    }
}

fn wsgi_server(settings: Wsgi) -> anyhow::Result<Server> {
    Ok(Server::new(settings.into())?)
}

register!("wsgi_server" => wsgi_server, for "egg:Paste#http", "egg:waitress#main", "egg:gunicorn#main");
