//! What a server does that is told nothing.

use impasto::settings::{Duration, Size};

use super::{ClientAuth, Http, ProxyProtocol, ReloadOnHup};
use crate::python::Unused;

impl Default for Http {
    fn default() -> Http {
        Http {
            host: "127.0.0.1".to_owned(),
            port: 8080,
            listen: Vec::new(),
            socket_mode: None,
            backlog: 1024,
            tcp_keepalive: Duration::from_secs(600),

            workers: 1,
            threads: None,
            max_connections: 16_384,
            max_requests: 1000,

            max_url_length: Size::from_kib(8),
            max_header_size: Size::from_kib(32),
            max_headers: 100,
            max_body_size: Size::from_mib(1024),

            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(15),
            body_min_rate: Size::from_bytes(240),
            write_timeout: Duration::from_secs(30),
            write_min_rate: Size::from_bytes(240),
            keep_alive: Duration::from_secs(75),
            idle_timeout: Duration::from_secs(75),
            client_socket_timeout: None,

            graceful_shutdown_timeout: Duration::from_secs(60),
            first_byte_window: Duration::from_secs(2),
            worker_timeout: Duration::from_secs(30),
            startup_timeout: Duration::from_secs(30),

            strict: true,
            http2: true,
            http2_max_streams: 128,
            http2_max_resets: 20,
            http2_ping_interval: Duration::from_secs(30),

            proxy_protocol: ProxyProtocol::Off,
            proxy_protocol_from: Vec::new(),

            tls_cert: Vec::new(),
            tls_key: Vec::new(),
            tls_client_ca: None,
            tls_client_auth: ClientAuth::Required,
            strict_sni_host: true,

            access_log: None,
            access_log_format: None,

            pid_file: None,
            user: None,
            group: None,
            reload_on_hup: ReloadOnHup::Auto,
            quit_is_graceful: false,

            api_paste_config: Unused,
            secure_proxy_ssl_header: Unused,
            use_forwarded_for: Unused,
            wsgi_server_debug: Unused,
        }
    }
}
