//! The server sections of Python files.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use impasto::register;
use impasto::settings::{Duration, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::http::{Http, Network, ProxyProtocol, SocketMode};
use crate::server::Server;

/// Stands in for the servers of Python, so that a file written for Paste, waitress or gunicorn is
/// served as it is: addresses, processes, timeouts, limits and certificates keep their meaning. What
/// would change an answer (`url_prefix`, `trusted_proxy`, `ident`, ...) is not accepted: there are
/// filters for it.
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
    /// The permissions of `unix_socket`, in octal.
    pub unix_socket_perms: Option<SocketMode>,
    /// How many connections the system holds ready while none is accepted.
    #[serde(alias = "request_queue_size")]
    pub backlog: Option<u32>,

    /// How many processes serve.
    pub workers: Option<usize>,
    /// How many threads each process serves with. Requests are not bound to them: one that waits
    /// leaves its thread to others.
    #[serde(alias = "threadpool_workers")]
    pub threads: Option<usize>,
    /// The most connections of a process.
    #[serde(alias = "worker_connections")]
    pub connection_limit: Option<usize>,

    /// The longest line of a request, with its method and version, which count 20 bytes here.
    pub limit_request_line: Option<Size>,
    /// The largest head of a request.
    pub max_request_header_size: Option<Size>,
    /// The most headers of a request.
    pub limit_request_fields: Option<usize>,
    /// The largest body of a request.
    pub max_request_body_size: Option<Size>,

    /// How long a connection may rest between two requests.
    #[serde(alias = "keepalive", alias = "socket_timeout")]
    pub channel_timeout: Option<Duration>,
    /// After how long without a sign of life a worker is replaced.
    pub timeout: Option<Duration>,
    /// How long requests in flight may take when the server stops.
    pub graceful_timeout: Option<Duration>,

    /// Whether connections begin with a PROXY protocol header.
    pub proxy_protocol: ProxyProtocol,
    /// The proxies that are believed; by default those on this machine.
    pub proxy_allow_ips: Vec<Network>,

    /// The PEM file of the certificate, with its chain, and perhaps with its key.
    #[serde(alias = "ssl_pem")]
    pub certfile: Option<PathBuf>,
    /// The PEM file of the private key.
    pub keyfile: Option<PathBuf>,
    /// The PEM file of the certificates that sign those of clients.
    pub ca_certs: Option<PathBuf>,
    /// Whether clients must have a certificate: `0`, which is the default and leaves `ca_certs`
    /// unused, or `2`.
    pub cert_reqs: CertReqs,

    /// A file to hold the process's number while it runs.
    pub pidfile: Option<PathBuf>,
    /// Who workers run as.
    pub user: Option<String>,
    /// The group that workers run in.
    pub group: Option<String>,

    /// Unused: there is one class.
    pub worker_class: Option<String>,
    /// Unused: a worker is not replaced after a number of requests.
    pub max_requests: Option<String>,
    /// Unused, as `max_requests`.
    pub max_requests_jitter: Option<String>,
    /// Unused: all headers together have one limit, `max_request_header_size`.
    pub limit_request_field_size: Option<String>,
    /// Unused: requests are not bound to threads.
    pub use_threadpool: Option<String>,
    /// Unused, as `use_threadpool`.
    pub daemon_threads: Option<String>,
    /// Unused: every worker loads for itself.
    pub preload_app: Option<String>,
    /// Unused: a process has the name of its program.
    pub proc_name: Option<String>,
    /// Unused: the filter `access_log` writes it.
    pub accesslog: Option<String>,
    /// Unused: it is written to standard error.
    pub errorlog: Option<String>,
    /// Unused: the environment says what is logged.
    pub loglevel: Option<String>,
    /// Unused: deadlines need no looking for.
    pub cleanup_interval: Option<String>,
}

/// Whether clients must have a certificate, in the numbers of Python's `ssl`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum CertReqs {
    /// They are not asked for one.
    #[default]
    #[serde(rename = "0")]
    None,
    /// They must.
    #[serde(rename = "2")]
    Required,
}

impl From<Wsgi> for Http {
    fn from(wsgi: Wsgi) -> Http {
        let default = Http::default();
        let mut listen = wsgi.listen;
        listen.extend(wsgi.unix_socket.map(Address::Unix));
        let keep_alive = wsgi.channel_timeout.unwrap_or(default.keep_alive);
        let mut proxy_protocol_from = wsgi.proxy_allow_ips;
        if wsgi.proxy_protocol != ProxyProtocol::Off && proxy_protocol_from.is_empty() {
            let here = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
            proxy_protocol_from.extend(here.map(|address| Network::Ip(address.into())));
        }
        Http {
            host: wsgi.host.unwrap_or(default.host),
            port: wsgi.port.unwrap_or(default.port),
            listen,
            socket_mode: wsgi.unix_socket_perms,
            backlog: wsgi.backlog.unwrap_or(default.backlog),
            workers: wsgi.workers.unwrap_or(default.workers),
            threads: wsgi.threads,
            max_connections: wsgi.connection_limit.unwrap_or(default.max_connections),
            max_url_length: wsgi.limit_request_line.map_or(default.max_url_length, target_of_line),
            max_header_size: wsgi.max_request_header_size.unwrap_or(default.max_header_size),
            max_headers: wsgi.limit_request_fields.unwrap_or(default.max_headers),
            max_body_size: wsgi.max_request_body_size.unwrap_or(default.max_body_size),
            keep_alive,
            idle_timeout: keep_alive,
            worker_timeout: wsgi.timeout.unwrap_or(default.worker_timeout),
            graceful_shutdown_timeout: wsgi
                .graceful_timeout
                .unwrap_or(default.graceful_shutdown_timeout),
            proxy_protocol: wsgi.proxy_protocol,
            proxy_protocol_from,
            tls_cert: wsgi.certfile.into_iter().collect(),
            tls_key: wsgi.keyfile.into_iter().collect(),
            tls_client_ca: wsgi.ca_certs.filter(|_| wsgi.cert_reqs == CertReqs::Required),
            pid_file: wsgi.pidfile,
            user: wsgi.user,
            group: wsgi.group,
            ..default
        }
    }
}

/// `DELETE ` before the target and ` HTTP/1.1` behind it are the most that is usual.
fn target_of_line(line: Size) -> Size {
    Size::from_bytes(line.bytes().saturating_sub(20))
}

fn wsgi_server(settings: Wsgi) -> anyhow::Result<Server> {
    Ok(Server::new(settings.into())?)
}

register!("wsgi_server" => wsgi_server, for "egg:Paste#http", "egg:waitress#main", "egg:gunicorn#main");
