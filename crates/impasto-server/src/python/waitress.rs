//! `egg:waitress#main`.

use std::path::PathBuf;

use impasto::register;
use impasto::settings::{Duration, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Unused;
use crate::address::Address;
use crate::http::{Http, MOST_THREADS, SocketMode, server};
use crate::server::Server;

/// Stands in for waitress: its addresses, limits and deadlines keep their meaning, and all its other
/// settings are accepted. What is not set is as in `egg:impasto#http`, and so is what waitress does
/// not have. Headers in which a proxy tells of its client are believed by the filter
/// `proxy_headers` only.
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
pub struct Waitress {
    /// The host to listen on; by default 127.0.0.1.
    #[schemars(extend("x-unused-with" = ["listen", "unix_socket"]))]
    pub host: Option<String>,
    /// The port to listen on; by default 8080.
    #[schemars(extend("x-unused-with" = ["listen", "unix_socket"]))]
    pub port: Option<u16>,
    /// The addresses to listen on, instead of `host` and `port`.
    pub listen: Vec<Address>,
    /// The path of a unix socket to listen on, instead of `host` and `port`.
    pub unix_socket: Option<PathBuf>,
    /// The permissions of `unix_socket`, in octal.
    pub unix_socket_perms: Option<SocketMode>,
    /// How many connections the system holds ready while none is accepted.
    #[schemars(range(min = 1))]
    pub backlog: Option<u32>,
    /// How many threads serve. Requests are not bound to them: one that waits leaves its thread to
    /// others.
    #[schemars(range(min = 1, max = MOST_THREADS))]
    pub threads: Option<usize>,
    /// The most connections.
    pub connection_limit: Option<usize>,
    /// The largest head of a request.
    pub max_request_header_size: Option<Size>,
    /// The largest body of a request.
    pub max_request_body_size: Option<Size>,
    /// How long a connection may rest between two requests.
    pub channel_timeout: Option<Duration>,

    /// Unused: a name is listened on at all its addresses.
    pub ipv4: Unused,
    /// Unused, as `ipv4`.
    pub ipv6: Unused,
    /// Unused: the filter `proxy_headers` has such a setting.
    pub trusted_proxy: Unused,
    /// Unused, as `trusted_proxy`.
    pub trusted_proxy_count: Unused,
    /// Unused, as `trusted_proxy`.
    pub trusted_proxy_headers: Unused,
    /// Unused, as `trusted_proxy`.
    pub log_untrusted_proxy_headers: Unused,
    /// Unused: the filter `proxy_headers` always takes them away.
    pub clear_untrusted_proxy_headers: Unused,
    /// Unused: the filter `proxy_headers` tells the scheme that the proxy was asked with.
    pub url_scheme: Unused,
    /// Unused: the filter `prefix` does it.
    pub url_prefix: Unused,
    /// Unused: buffers are sized by what comes.
    pub recv_bytes: Unused,
    /// Unused, as `recv_bytes`.
    pub send_bytes: Unused,
    /// Unused: bodies are not held in files.
    pub outbuf_overflow: Unused,
    /// Unused: an app waits while its client takes nothing.
    pub outbuf_high_watermark: Unused,
    /// Unused: bodies are not held in files.
    pub inbuf_overflow: Unused,
    /// Unused: deadlines need no looking for.
    pub cleanup_interval: Unused,
    /// Unused: the environment says what is logged.
    pub log_socket_errors: Unused,
    /// Unused: no answer shows what went wrong inside.
    pub expose_tracebacks: Unused,
    /// Unused: there is no `Server` header.
    pub ident: Unused,
    /// Unused: the system tells when something happens.
    pub asyncore_loop_timeout: Unused,
    /// Unused, as `asyncore_loop_timeout`.
    pub asyncore_use_poll: Unused,
    /// Unused: pipelined requests are read when their turn comes.
    pub channel_request_lookahead: Unused,
    /// Unused: every request has a host.
    pub server_name: Unused,
}

impl From<Waitress> for Http {
    fn from(waitress: Waitress) -> Http {
        let default = Http::default();
        let mut listen = waitress.listen;
        listen.extend(waitress.unix_socket.map(Address::Unix));
        let keep_alive = waitress.channel_timeout.unwrap_or(default.keep_alive);
        Http {
            host: waitress.host.unwrap_or(default.host),
            port: waitress.port.unwrap_or(default.port),
            listen,
            socket_mode: waitress.unix_socket_perms,
            backlog: waitress.backlog.unwrap_or(default.backlog),
            threads: waitress.threads,
            max_connections: waitress.connection_limit.unwrap_or(default.max_connections),
            max_header_size: waitress.max_request_header_size.unwrap_or(default.max_header_size),
            max_body_size: waitress.max_request_body_size.unwrap_or(default.max_body_size),
            keep_alive,
            idle_timeout: keep_alive,
            ..default
        }
    }
}

fn waitress(settings: Waitress) -> anyhow::Result<Server> {
    server(settings.into())
}

register!("waitress" => waitress, for "egg:waitress#main");
