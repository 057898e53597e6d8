//! The settings of a server, and the factory that makes one from a section.

mod build;
mod check;
mod default;
mod keep_alive;
mod network;
mod socket_mode;
mod words;

use std::path::PathBuf;

use impasto::register;
use impasto::settings::{Duration, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::launcher::has_terminal;
use crate::python::Unused;
use crate::server::Server;

pub use check::MOST_THREADS;
pub(crate) use check::{LONGEST_TARGET, MOST_HEADERS};
pub use network::{Network, NotANetwork};
pub use socket_mode::{NotAMode, SocketMode};
pub use words::{ClientAuth, ProxyProtocol, ReloadOnHup};

/// Serves HTTP/1.1, and HTTP/2 to clients that begin with it (prior knowledge) or agree on it in
/// their TLS handshake.
///
/// The defaults are meant for the open internet: whatever a client has to do has a deadline, whatever
/// it sends a limit. A limit or a deadline of 0 is none, unless its setting says otherwise.
///
/// ```ini
/// [server:main]
/// use = egg:impasto#http
/// listen = 127.0.0.1:8080 [::1]:8080 unix:/run/api.sock
/// workers = 2
/// keep_alive = 2m
/// graceful_shutdown_timeout = 30s
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// The host to listen on: an address, a name (all its addresses, IPv4 and IPv6), or `*` for
    /// every interface. Unused where `listen` is given.
    #[schemars(extend("x-unused-with" = ["listen"]))]
    pub host: String,
    /// The port to listen on; 0 takes any free one. Unused where `listen` is given.
    #[schemars(extend("x-unused-with" = ["listen"]))]
    pub port: u16,
    /// The addresses to listen on, instead of `host` and `port`: `HOST:PORT`, `[IPV6]:PORT`,
    /// `:PORT` (every interface), `PORT` (127.0.0.1), `unix:PATH` or `/PATH`, and `systemd:`, `systemd:NAME` or
    /// `fd://NUMBER` for all sockets that systemd has opened, those of one `FileDescriptorName=`, or one of them.
    #[serde(alias = "bind", alias = "unix_socket")]
    pub listen: Vec<Address>,
    /// Who may connect to a unix socket: the permissions of its file in octal, as in `0660`. By
    /// default what the process's umask leaves.
    #[serde(alias = "unix_socket_perms")]
    pub socket_mode: Option<SocketMode>,
    /// How many connections the system holds ready while none is accepted. The system may hold
    /// fewer (Linux: `net.core.somaxconn`).
    #[serde(alias = "request_queue_size")]
    #[schemars(range(min = 1))]
    pub backlog: u32,
    /// After how long without a word the system asks whether the other side of a TCP connection is
    /// still there. 0 never asks.
    #[serde(alias = "tcp_keepidle")]
    pub tcp_keepalive: Duration,

    /// How many processes serve. 0 serves in the process that was started, which nobody then
    /// watches over, and which stays who it is.
    #[schemars(range(min = 0, max = MOST_THREADS))]
    pub workers: usize,
    /// How many threads each process serves with. By default one for each core.
    #[serde(alias = "threadpool_workers", alias = "numthreads")]
    #[schemars(range(min = 1, max = MOST_THREADS))]
    pub threads: Option<usize>,
    /// The most connections of a worker; while it has so many, others wait in the queue of the
    /// system (see `backlog`). Fewer where the limit of open files allows no more.
    #[serde(alias = "connection_limit", alias = "worker_connections")]
    pub max_connections: usize,
    /// The most requests that a worker works on at once; others wait with their head read. A request
    /// counts until its answer is there, not while that drains to a slow client.
    #[serde(alias = "wsgi_default_pool_size", alias = "default_pool_size")]
    pub max_requests: usize,

    /// The longest target of a request, at most 65534 bytes; a longer one is answered 414.
    #[serde(alias = "max_url_len", alias = "limit_request_line")]
    pub max_url_length: Size,
    /// The largest head of a request: its line and all its headers, at most 256 KiB. A larger
    /// one is answered 431.
    #[serde(alias = "max_request_header_size", alias = "max_header_line")]
    pub max_header_size: Size,
    /// The most headers of a request, at most 10000; one with more is answered 431. More than the
    /// default cost an allocation for each request.
    #[serde(alias = "limit_request_fields")]
    #[schemars(range(min = 1, max = MOST_HEADERS))]
    pub max_headers: usize,
    /// The largest body of a request, the bytes it has without its chunks. A larger one is answered
    /// 413: before any of it is read where its length is told, else when it has grown beyond.
    #[serde(alias = "max_request_body_size")]
    pub max_body_size: Size,

    /// How long a client may take to begin: the first byte, the TLS handshake, and what tells HTTP/1
    /// from HTTP/2. Then it is left without an answer.
    pub handshake_timeout: Duration,
    /// How long a client may take to send the head of a request, from its first byte on. One that is
    /// slower is answered 408.
    pub header_timeout: Duration,
    /// How long a client may send nothing of a body that the app waits for. One that is slower is
    /// answered 408.
    pub body_timeout: Duration,
    /// The least bytes a second that a body may come with, on average after its first 5 s; only the
    /// time the app waits for it counts. One that is slower is answered 408.
    pub body_min_rate: Size,
    /// How long a client may take nothing of its answer. Then its connection is cut; over HTTP/2 its
    /// request is, and other requests go on.
    pub write_timeout: Duration,
    /// The least bytes a second that a client may take an answer with, on average after the first
    /// 30 s that it kept the server waiting. Then its connection is cut.
    pub write_min_rate: Size,
    /// How long an HTTP/1 connection may rest between two requests: a duration, or `false` to close
    /// it after each answer, as 0 does.
    #[serde(
        alias = "keepalive",
        alias = "wsgi_keep_alive",
        deserialize_with = "keep_alive::read",
        alias = "channel_timeout",
        alias = "socket_timeout"
    )]
    pub keep_alive: Duration,
    /// How long an HTTP/2 connection may rest without a request.
    pub idle_timeout: Duration,
    /// nova's word for both: how long a connection may rest, over HTTP/1 and HTTP/2. By default what
    /// `keep_alive` and `idle_timeout` say.
    pub client_socket_timeout: Option<Duration>,

    /// How long requests in flight may take when the server stops; then their connections are cut.
    #[serde(alias = "graceful_timeout")]
    pub graceful_shutdown_timeout: Duration,
    /// How long a resting connection is still listened to when the server stops: a request that is on
    /// its way then is answered, with `Connection: close`, rather than lost. 0 closes resting
    /// connections at once.
    pub first_byte_window: Duration,
    /// After how long without a sign of life a worker is replaced.
    #[serde(alias = "timeout")]
    pub worker_timeout: Duration,
    /// How long a worker may take from its start to being ready.
    pub startup_timeout: Duration,

    /// Refuses what a front server must not let pass, although much software takes it: requests
    /// without exactly one well-formed `Host`, with two lengths, or with a target that is none or has a
    /// fragment; `CONNECT` and `TRACE`; headers whose names differ from those of a length only in `_`.
    pub strict: bool,
    /// Whether clients may speak HTTP/2.
    pub http2: bool,
    /// The most requests at once over one HTTP/2 connection; the client keeps others back.
    #[schemars(range(min = 1))]
    pub http2_max_streams: u32,
    /// The most requests that an HTTP/2 client may cancel before the server has looked at them; one
    /// that cancels more is disconnected ("rapid reset", CVE-2023-44487). So is one that cancels more
    /// than 100 a second in the long run, or 1,000 at once, whenever it does.
    pub http2_max_resets: usize,
    /// How often an HTTP/2 client is asked whether it is still there; one that does not answer for
    /// 20 s is disconnected.
    pub http2_ping_interval: Duration,

    /// Whether connections begin with a PROXY protocol header, in which a proxy says who its client
    /// is. Connections without one are then closed.
    pub proxy_protocol: ProxyProtocol,
    /// The proxies that are believed: addresses, networks like `10.0.0.0/8`, and `unix` for whatever
    /// comes over a unix socket, or `*` for whoever connects. Needed where `proxy_protocol` is on; others are disconnected.
    #[serde(alias = "proxy_allow_ips")]
    #[schemars(extend("x-unused-without" = "proxy_protocol"))]
    pub proxy_protocol_from: Vec<Network>,

    /// The PEM files of certificates, each with its chain; then connections are encrypted. With
    /// several, the name that the client asks for decides, and the first is for all other clients.
    /// One that has expired is a warning at a start; a reload that would bring one is refused.
    #[serde(alias = "ssl_cert_file", alias = "certfile", alias = "ssl_pem")]
    pub tls_cert: Vec<PathBuf>,
    /// The PEM files of the certificates' private keys, in the same order. Unneeded where the files
    /// of the certificates hold their keys, too.
    #[serde(alias = "ssl_key_file", alias = "keyfile")]
    pub tls_key: Vec<PathBuf>,
    /// The PEM file of the certificates that sign those of clients. Clients must then have one, unless
    /// `tls_client_auth` says otherwise.
    #[serde(alias = "ssl_ca_file", alias = "ca_certs")]
    pub tls_client_ca: Option<PathBuf>,
    /// Whether clients must have a certificate that `tls_client_ca` signs: `required`, `optional`, which asks
    /// for one and serves who has none, too, or `off`, which leaves `tls_client_ca` unused.
    #[serde(alias = "cert_reqs")]
    #[schemars(extend("x-unused-without" = "tls_client_ca"))]
    pub tls_client_auth: ClientAuth,
    /// Answers 421 to a request for another host than the client asked for in its TLS handshake.
    pub strict_sni_host: bool,

    /// Where a line is written for every request: `stdout` (or `-`), `stderr`, or the path of a file,
    /// which is appended to. By default, and with `off`, nowhere. It is what the filter `access_log` writes
    /// around the whole app.
    #[serde(alias = "accesslog")]
    pub access_log: Option<String>,
    /// How such a line is written: what the filter `access_log` takes as its `format`. nova's form,
    /// `wsgi_log_format`, is understood, too: `%(client_ip)s`, `%(request_line)s`, `%(status_code)s`,
    /// `%(body_length)s`, `%(wall_seconds)s` and `%(date_time)s`, which a file writes with `%%`. By itself that
    /// logs nothing.
    #[serde(alias = "wsgi_log_format")]
    #[schemars(extend("x-unused-without" = "access_log"))]
    pub access_log_format: Option<String>,

    /// A file to hold the process's number while it runs. By default there is none.
    #[serde(alias = "pidfile")]
    pub pid_file: Option<PathBuf>,
    /// Who workers run as, by name or number. By default whoever started them. Without workers it can only
    /// be that: nobody would be left who may read what only root can when files change.
    pub user: Option<String>,
    /// The group that workers run in, by name or number. By default the main one of `user`, or that
    /// of whoever started them.
    pub group: Option<String>,
    /// What the HUP signal does.
    pub reload_on_hup: ReloadOnHup,
    /// Whether the QUIT signal finishes the requests in flight, as it does with nginx, or ends at
    /// once, as with gunicorn.
    pub quit_is_graceful: bool,

    /// Unused: nova's name for the file that is served.
    pub api_paste_config: Unused,
    /// Unused: the filter `proxy_headers` tells the scheme that a proxy was asked with.
    pub secure_proxy_ssl_header: Unused,
    /// Unused, as `secure_proxy_ssl_header`.
    pub use_forwarded_for: Unused,
    /// Unused: the environment says what is logged.
    pub wsgi_server_debug: Unused,
}

impl Http {
    /// Where a server with these settings listens: `listen`, or else `host` and `port`.
    pub fn addresses(&self) -> Vec<Address> {
        match self.listen.is_empty() {
            true => vec![Address::tcp(&self.host, self.port)],
            false => self.listen.clone(),
        }
    }

    /// Whether the HUP signal asks for a reload, and not for the end: see `reload_on_hup`.
    pub fn reloads_on_hup(&self) -> bool {
        match self.reload_on_hup {
            ReloadOnHup::Always => true,
            ReloadOnHup::Auto => !has_terminal(),
            ReloadOnHup::Never => false,
        }
    }

    /// How many threads a worker serves with: `threads`, or one for each core.
    pub fn thread_count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, |cores| cores.get());
        self.threads.unwrap_or_else(cores)
    }
}

fn http(settings: Http) -> anyhow::Result<Server> {
    server(settings)
}

/// What every server factory makes of its settings.
pub(crate) fn server(settings: Http) -> anyhow::Result<Server> {
    settings.check_access_log()?;
    Ok(Server::new(settings)?)
}

register!("http" => http);
