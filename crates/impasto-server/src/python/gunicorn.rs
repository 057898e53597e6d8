//! `egg:gunicorn#main`.

mod bind;
mod format;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use impasto::register;
use impasto::settings::{Duration, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Unused;
use crate::address::Address;
use crate::http::{
    ClientAuth, Http, LONGEST_TARGET, MOST_HEADERS, MOST_THREADS, Network, ProxyProtocol, server,
};
use crate::server::Server;
pub use bind::Bind;

/// Stands in for gunicorn: addresses, processes, limits, deadlines and certificates keep their meaning,
/// and all its other settings that an INI file can have are accepted. What is not set is as in
/// `egg:impasto#http`.
///
/// ```ini
/// [server:main]
/// use = egg:gunicorn#main
/// bind = 127.0.0.1:8000
/// workers = 4
/// timeout = 40
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Gunicorn {
    /// The host to listen on; by default 127.0.0.1. Without `port`, gunicorn takes it as it takes `bind`: it may be a list
    /// of addresses, and the port of one without is 8000.
    #[schemars(extend("x-unused-with" = ["bind"]))]
    pub host: Option<String>,
    /// The port to listen on; by default 8080.
    #[schemars(extend("x-unused-with" = ["bind"]))]
    pub port: Option<u16>,
    /// The addresses to listen on, instead of `host` and `port`: as `listen` of `egg:impasto#http`, and as gunicorn
    /// has them, with `tcp://` before them and without a port, which is 8000 then.
    pub bind: Vec<Bind>,
    /// How many connections the system holds ready while none is accepted.
    #[schemars(range(min = 1))]
    pub backlog: Option<u32>,

    /// How many processes serve.
    #[schemars(range(min = 0, max = MOST_THREADS))]
    pub workers: Option<usize>,
    /// How many threads each process serves with. Requests are not bound to them: one that waits
    /// leaves its thread to others.
    #[schemars(range(min = 1, max = MOST_THREADS))]
    pub threads: Option<usize>,
    /// The most connections of a process.
    pub worker_connections: Option<usize>,

    /// The longest line of a request, with its method and version, which count 20 bytes here.
    pub limit_request_line: Option<Size>,
    /// The most headers of a request; 0 and more than 10000 are as many as can be, 10000.
    pub limit_request_fields: Option<usize>,

    /// How long a connection may rest between two requests.
    pub keepalive: Option<Duration>,
    /// After how long without a sign of life a worker is replaced.
    pub timeout: Option<Duration>,
    /// How long requests in flight may take when the server stops.
    pub graceful_timeout: Option<Duration>,

    /// Whether connections begin with a PROXY protocol header.
    pub proxy_protocol: ProxyProtocol,
    /// The proxies that are believed; by default those on this machine.
    #[schemars(extend("x-unused-without" = "proxy_protocol"))]
    pub proxy_allow_ips: Vec<Network>,

    /// The PEM file of the certificate, with its chain, and perhaps with its key.
    pub certfile: Option<PathBuf>,
    /// The PEM file of the private key.
    pub keyfile: Option<PathBuf>,
    /// The PEM file of the certificates that sign those of clients.
    pub ca_certs: Option<PathBuf>,
    /// Whether clients must have a certificate: `0`, which is the default and leaves `ca_certs`
    /// unused, `1`, which asks for one and serves who has none, too, or `2`.
    #[schemars(extend("x-unused-without" = "ca_certs"))]
    pub cert_reqs: CertReqs,

    /// Where a line is written for every request: `-` for the standard output, or the path of a file.
    pub accesslog: Option<String>,
    /// The protocols that clients may speak: `h1`, or `h2, h1` for HTTP/2, too, as by default.
    pub http_protocols: Option<String>,
    /// The most requests at once over one HTTP/2 connection.
    #[schemars(range(min = 1))]
    pub http2_max_concurrent_streams: Option<u32>,
    /// Only `http`: another protocol is for another server.
    pub protocol: Protocol,

    /// How such a line is written, in gunicorn's `%(NAME)s`, which is `%%(NAME)s` in a file: `h`, `u`, `t`,
    /// `r`, `m`, `H`, `s`, `b` (as `B`, the bytes), `f`, `a`, `L` (as `T`, the seconds), `U` (with the query),
    /// `{NAME}i` and `{NAME}o`. Others are `-`. By default the filter `access_log`'s.
    #[schemars(extend("x-unused-without" = "accesslog"))]
    pub access_log_format: Option<String>,

    /// A file to hold the process's number while it runs.
    pub pidfile: Option<PathBuf>,
    /// Who workers run as.
    pub user: Option<String>,
    /// The group that workers run in.
    pub group: Option<String>,

    /// Unused: there is one class.
    pub worker_class: Unused,
    /// Unused: a worker is not replaced after a number of requests.
    pub max_requests: Unused,
    /// Unused, as `max_requests`.
    pub max_requests_jitter: Unused,
    /// Unused: all headers together have one limit.
    pub limit_request_field_size: Unused,
    /// Unused: `impasto serve --watch` does it.
    pub reload: Unused,
    /// Unused, as `reload`.
    pub reload_engine: Unused,
    /// Unused, as `reload`.
    pub reload_extra_files: Unused,
    /// Unused: there are no lines of Python to show.
    pub spew: Unused,
    /// Unused: `impasto check` does it.
    pub check_config: Unused,
    /// Unused: `impasto resolve` does it.
    pub print_config: Unused,
    /// Unused: every worker composes for itself, from what the master has read.
    pub preload_app: Unused,
    /// Unused: files are read.
    pub sendfile: Unused,
    /// Unused: workers share one socket.
    pub reuse_port: Unused,
    /// Unused: the unit or container says where a process runs.
    pub chdir: Unused,
    /// Unused: a process stays where it was started.
    pub daemon: Unused,
    /// Unused, as `chdir`.
    pub raw_env: Unused,
    /// Unused, as `chdir`.
    pub umask: Unused,
    /// Unused: the groups of `user` are always taken.
    pub initgroups: Unused,
    /// Unused: workers tell over a socket that they live.
    pub worker_tmp_dir: Unused,
    /// Unused: bodies are not held in files.
    pub tmp_upload_dir: Unused,
    /// Unused: the filter `proxy_headers` tells the scheme that a proxy was asked with.
    pub secure_scheme_headers: Unused,
    /// Unused: the filter `proxy_headers` has such a setting.
    pub forwarded_allow_ips: Unused,
    /// Unused, as `forwarded_allow_ips`.
    pub forwarder_headers: Unused,
    /// Unused: headers whose names have a `_` are passed on, but for those that would mean a length.
    pub header_map: Unused,
    /// Unused: an access log goes to a stream or a file.
    pub disable_redirect_access_to_syslog: Unused,
    /// Unused: it is written to standard error.
    pub errorlog: Unused,
    /// Unused: the environment says what is logged.
    pub loglevel: Unused,
    /// Unused: standard output is the process's own.
    pub capture_output: Unused,
    /// Unused, as `loglevel`.
    pub logger_class: Unused,
    /// Unused, as `loglevel`.
    pub logconfig: Unused,
    /// Unused, as `loglevel`.
    pub logconfig_json: Unused,
    /// Unused, as `errorlog`.
    pub syslog: Unused,
    /// Unused, as `errorlog`.
    pub syslog_addr: Unused,
    /// Unused, as `errorlog`.
    pub syslog_prefix: Unused,
    /// Unused, as `errorlog`.
    pub syslog_facility: Unused,
    /// Unused: workers have the standard error of their master.
    pub enable_stdio_inheritance: Unused,
    /// Unused: there are no figures of the server itself to send.
    pub statsd_host: Unused,
    /// Unused, as `statsd_host`.
    pub statsd_prefix: Unused,
    /// Unused, as `statsd_host`.
    pub dogstatsd_tags: Unused,
    /// Unused: a process has the name of its program.
    pub proc_name: Unused,
    /// Unused, as `proc_name`.
    pub default_proc_name: Unused,
    /// Unused: there is no Python.
    pub pythonpath: Unused,
    /// Unused: the file is the one that this section stands in.
    pub paste: Unused,
    /// Unused: the command line has `key=value`.
    pub raw_paste_global_conf: Unused,
    /// Unused: TLS 1.2 and 1.3 are spoken.
    pub ssl_version: Unused,
    /// Unused: the ciphers are those that are safe.
    pub ciphers: Unused,
    /// Unused: an end without a word is an end.
    pub suppress_ragged_eofs: Unused,
    /// Unused: handshakes begin at once.
    pub do_handshake_on_connect: Unused,
    /// Unused: a space before a colon is refused.
    pub strip_header_spaces: Unused,
    /// Unused: folded headers are refused.
    pub permit_obsolete_folding: Unused,
    /// Unused: methods are tokens of at most 32 bytes.
    pub permit_unconventional_http_method: Unused,
    /// Unused: HTTP/1.0, 1.1 and 2 are spoken.
    pub permit_unconventional_http_version: Unused,
    /// Unused: methods are as they are sent.
    pub casefold_http_method: Unused,
    /// Unused: it is Python, which nobody here runs.
    pub config: Unused,
    /// Unused: the file says which app is served.
    pub wsgi_app: Unused,
    /// Unused, as `config`.
    pub on_starting: Unused,
    /// Unused, as `config`.
    pub on_reload: Unused,
    /// Unused, as `config`.
    pub when_ready: Unused,
    /// Unused, as `config`.
    pub pre_fork: Unused,
    /// Unused, as `config`.
    pub post_fork: Unused,
    /// Unused, as `config`.
    pub post_worker_init: Unused,
    /// Unused, as `config`.
    pub worker_int: Unused,
    /// Unused, as `config`.
    pub worker_abort: Unused,
    /// Unused, as `config`.
    pub pre_exec: Unused,
    /// Unused, as `config`.
    pub pre_request: Unused,
    /// Unused, as `config`.
    pub post_request: Unused,
    /// Unused, as `config`.
    pub child_exit: Unused,
    /// Unused, as `config`.
    pub worker_exit: Unused,
    /// Unused, as `config`.
    pub nworkers_changed: Unused,
    /// Unused, as `config`.
    pub on_exit: Unused,
    /// Unused, as `config`.
    pub on_dirty_starting: Unused,
    /// Unused, as `config`.
    pub dirty_post_fork: Unused,
    /// Unused, as `config`.
    pub dirty_worker_init: Unused,
    /// Unused, as `config`.
    pub dirty_worker_exit: Unused,
    /// Unused, as `config`.
    pub ssl_context: Unused,
    /// Unused, as `config`.
    pub logconfig_dict: Unused,
    /// Unused, as `statsd_host`.
    pub enable_backlog_metric: Unused,
    /// Unused: uWSGI's protocol is not spoken.
    pub uwsgi_allow_ips: Unused,
    /// Unused: who begins with HTTP/2 is answered with it.
    pub http2_cleartext: Unused,
    /// Unused: windows grow with what comes.
    pub http2_initial_window_size: Unused,
    /// Unused, as `http2_initial_window_size`.
    pub http2_max_frame_size: Unused,
    /// Unused: heads have one limit whatever the protocol.
    pub http2_max_header_list_size: Unused,
    /// Unused: there is one.
    pub http_parser: Unused,
    /// Unused: the filter `prefix` does it.
    pub root_path: Unused,
    /// Unused: apps are not Python's.
    pub asgi_loop: Unused,
    /// Unused, as `asgi_loop`.
    pub asgi_lifespan: Unused,
    /// Unused, as `asgi_loop`.
    pub asgi_disconnect_grace_period: Unused,
    /// Unused: messages are the app's.
    pub websocket_max_message_size: Unused,
    /// Unused: an app that takes long keeps nobody waiting.
    pub dirty_apps: Unused,
    /// Unused, as `dirty_apps`.
    pub dirty_workers: Unused,
    /// Unused, as `dirty_apps`.
    pub dirty_timeout: Unused,
    /// Unused, as `dirty_apps`.
    pub dirty_threads: Unused,
    /// Unused, as `dirty_apps`.
    pub dirty_graceful_timeout: Unused,
    /// Unused: the control socket is found by the file that is served.
    pub control_socket: Unused,
    /// Unused: it is for its owner.
    pub control_socket_mode: Unused,
    /// Unused, as `control_socket`.
    pub control_socket_disable: Unused,
}

/// Whether clients must have a certificate, in the numbers of Python's `ssl`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum CertReqs {
    /// They are not asked for one.
    #[default]
    #[serde(rename = "0")]
    None,
    /// They are, and are served without one, too.
    #[serde(rename = "1")]
    Optional,
    /// They must.
    #[serde(rename = "2")]
    Required,
}

/// What is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// HTTP.
    #[default]
    Http,
}

impl From<Gunicorn> for Http {
    fn from(gunicorn: Gunicorn) -> Http {
        let default = Http::default();
        let mut listen: Vec<Address> = gunicorn.bind.into_iter().map(|Bind(it)| it).collect();
        let alone = gunicorn.host.as_deref().filter(|_| gunicorn.port.is_none());
        if listen.is_empty() {
            listen.extend(alone.and_then(bind::listed).into_iter().flatten());
        }
        let port = if alone.is_some() { bind::PORT } else { default.port };
        let keep_alive = gunicorn.keepalive.unwrap_or(default.keep_alive);
        let mut proxy_protocol_from = gunicorn.proxy_allow_ips;
        if gunicorn.proxy_protocol != ProxyProtocol::Off && proxy_protocol_from.is_empty() {
            let here = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
            proxy_protocol_from.extend(here.map(|address| Network::Ip(address.into())));
        }
        Http {
            host: gunicorn.host.unwrap_or(default.host),
            port: gunicorn.port.unwrap_or(port),
            listen,
            backlog: gunicorn.backlog.unwrap_or(default.backlog),
            workers: gunicorn.workers.unwrap_or(default.workers),
            threads: gunicorn.threads,
            max_connections: gunicorn.worker_connections.unwrap_or(default.max_connections),
            max_url_length: gunicorn
                .limit_request_line
                .map_or(default.max_url_length, target_of_line),
            max_headers: gunicorn.limit_request_fields.map_or(default.max_headers, fields),
            http2: gunicorn.http_protocols.map_or(default.http2, |it| it.contains("h2")),
            http2_max_streams: gunicorn
                .http2_max_concurrent_streams
                .unwrap_or(default.http2_max_streams),
            keep_alive,
            idle_timeout: keep_alive,
            worker_timeout: gunicorn.timeout.unwrap_or(default.worker_timeout),
            graceful_shutdown_timeout: gunicorn
                .graceful_timeout
                .unwrap_or(default.graceful_shutdown_timeout),
            proxy_protocol: gunicorn.proxy_protocol,
            proxy_protocol_from,
            tls_cert: gunicorn.certfile.into_iter().collect(),
            tls_key: gunicorn.keyfile.into_iter().collect(),
            tls_client_ca: gunicorn.ca_certs.filter(|_| gunicorn.cert_reqs != CertReqs::None),
            tls_client_auth: match gunicorn.cert_reqs {
                CertReqs::Optional => ClientAuth::Optional,
                CertReqs::None | CertReqs::Required => ClientAuth::Required,
            },
            // A format by itself is nothing to gunicorn.
            access_log_format: gunicorn
                .access_log_format
                .filter(|_| gunicorn.accesslog.is_some())
                .map(|format| format::in_braces(&format)),
            access_log: gunicorn.accesslog,
            pid_file: gunicorn.pidfile,
            user: gunicorn.user,
            group: gunicorn.group,
            ..default
        }
    }
}

/// `DELETE ` before the target and ` HTTP/1.1` behind it are the most that is usual. 0 is the most there can be.
fn target_of_line(line: Size) -> Size {
    match line.bytes() {
        0 => Size::from_bytes(LONGEST_TARGET),
        bytes => Size::from_bytes(bytes.saturating_sub(20).clamp(1, LONGEST_TARGET)),
    }
}

/// 0 is the most there can be.
fn fields(limit: usize) -> usize {
    if limit == 0 { MOST_HEADERS } else { limit.min(MOST_HEADERS) }
}

fn gunicorn(settings: Gunicorn) -> anyhow::Result<Server> {
    server(settings.into())
}

register!("gunicorn" => gunicorn, for "egg:gunicorn#main");
