//! The settings of a server, and the factory that makes one from a section.

use std::time;

use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use impasto::settings::{Duration, Size};
use impasto::{SettingError, register};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::drive::Patience;
use crate::server::Server;

/// Serves HTTP/1.1, and HTTP/2 to clients that begin with it (prior knowledge), from one process
/// with a thread per core.
///
/// ```ini
/// [server:main]
/// use = egg:impasto#http
/// listen = 127.0.0.1:8080 [::1]:8080 unix:/run/api.sock
/// keep_alive = 2m
/// graceful_shutdown_timeout = 30s
/// ```
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// The host to listen on: an address, a name (all its addresses, IPv4 and IPv6), or `*` for
    /// every interface. Unused where `listen` is given.
    pub host: String,
    /// The port to listen on; 0 takes any free one. Unused where `listen` is given.
    pub port: u16,
    /// The addresses to listen on, instead of `host` and `port`: `HOST:PORT`, `[IPV6]:PORT`,
    /// `:PORT` (every interface), `PORT` (127.0.0.1), `unix:PATH`.
    #[serde(alias = "bind")]
    pub listen: Vec<Address>,
    /// How many connections the system holds ready while none is accepted. The system may hold
    /// fewer (Linux: `net.core.somaxconn`).
    pub backlog: u32,
    /// How long a client may take to begin its first request, and then to send the head of each.
    /// One that is slower is answered 408 or, if it never began, not at all. 0 waits for ever.
    pub header_timeout: Duration,
    /// How long a connection may rest between two requests. 0 closes it after each answer (an
    /// HTTP/2 connection then stays as long as the client likes).
    #[serde(alias = "keepalive")]
    pub keep_alive: Duration,
    /// How long requests in flight may take when the server stops; then their connections are cut.
    /// 0 waits for ever.
    #[serde(alias = "graceful_timeout")]
    pub graceful_shutdown_timeout: Duration,
    /// The largest head of a request: its line and all its headers, at most 256 KiB. A larger one is
    /// answered 431.
    #[serde(alias = "max_request_header_size")]
    pub max_header_size: Size,
    /// The most headers of an HTTP/1 request, at most 10000; one with more is answered 431. Another
    /// number than the default costs an allocation for each request.
    pub max_headers: usize,
    /// Whether clients may speak HTTP/2.
    pub http2: bool,
    /// The most requests at once over one HTTP/2 connection; the client keeps others back.
    pub http2_max_streams: u32,
    /// The most requests that an HTTP/2 client may cancel before the server has looked at them; one
    /// that cancels more is disconnected ("rapid reset", CVE-2023-44487).
    pub http2_max_resets: usize,
    /// How often an HTTP/2 client is asked whether it is still there; one that does not answer for
    /// 20 s is disconnected. 0 never asks.
    pub http2_ping_interval: Duration,
    /// Whether a request must be for the host that its TLS handshake asked for; one for another is
    /// answered 421.
    pub strict_sni_host: bool,
}

impl Default for Http {
    fn default() -> Http {
        Http {
            host: "127.0.0.1".to_owned(),
            port: 8080,
            listen: Vec::new(),
            backlog: 1024,
            header_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(75),
            graceful_shutdown_timeout: Duration::from_secs(60),
            max_header_size: Size::from_kib(32),
            max_headers: HYPER_MAX_HEADERS,
            http2: true,
            http2_max_streams: 128,
            http2_max_resets: 20,
            http2_ping_interval: Duration::from_secs(30),
            strict_sni_host: true,
        }
    }
}

/// hyper keeps so many on its stack, unless it is told a number.
const HYPER_MAX_HEADERS: usize = 100;

const PING_TIMEOUT: time::Duration = time::Duration::from_secs(20);

/// `None` for 0.
fn limit(duration: Duration) -> Option<time::Duration> {
    Some(duration.get()).filter(|duration| !duration.is_zero())
}

impl Http {
    /// Where a server with these settings listens: `listen`, or else `host` and `port`.
    pub fn addresses(&self) -> Vec<Address> {
        match self.listen.is_empty() {
            true => vec![Address::tcp(&self.host, self.port)],
            false => self.listen.clone(),
        }
    }

    /// Refuses what a server cannot work with.
    pub(crate) fn check(&self) -> Result<(), SettingError> {
        let within = |key: &str, value: u64, least: u64, most: u64| match value {
            _ if value < least => Err(SettingError::new(key, format!("must be at least {least}"))),
            _ if value > most => Err(SettingError::new(key, format!("must be at most {most}"))),
            _ => Ok(()),
        };
        within("backlog", self.backlog.into(), 1, u32::MAX.into())?;
        // hyper's buffer holds no larger head.
        within("max_header_size", self.max_header_size.bytes(), 256, 256 * 1024)?;
        within("max_headers", self.max_headers as u64, 1, 10_000)?;
        within("http2_max_streams", self.http2_max_streams.into(), 1, u32::MAX.into())
    }

    /// `graceful_shutdown_timeout`; `None` for ever.
    pub(crate) fn drain(&self) -> Option<time::Duration> {
        limit(self.graceful_shutdown_timeout)
    }

    pub(crate) fn patience(&self) -> Patience {
        Patience { request: limit(self.keep_alive), head: limit(self.header_timeout) }
    }

    pub(crate) fn http1(&self) -> http1::Builder {
        let mut builder = http1::Builder::new();
        builder
            .keep_alive(limit(self.keep_alive).is_some())
            .header_read_timeout(None)
            .max_header_size(self.header_bytes() as usize);
        if self.max_headers != HYPER_MAX_HEADERS {
            builder.max_headers(self.max_headers);
        }
        builder
    }

    /// `None` where it is switched off.
    pub(crate) fn http2(&self) -> Option<http2::Builder<TokioExecutor>> {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .keep_alive_interval(limit(self.http2_ping_interval))
            .keep_alive_timeout(PING_TIMEOUT)
            .max_concurrent_streams(self.http2_max_streams)
            .max_pending_accept_reset_streams(self.http2_max_resets)
            .max_header_list_size(self.header_bytes());
        self.http2.then_some(builder)
    }

    fn header_bytes(&self) -> u32 {
        u32::try_from(self.max_header_size.bytes()).unwrap_or(u32::MAX)
    }
}

fn http(settings: Http) -> anyhow::Result<Server> {
    Ok(Server::new(settings)?)
}

register!("http" => http);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        Http::default().check().unwrap();
        let wrong = Http { backlog: 0, ..Http::default() };
        assert_eq!(wrong.check().unwrap_err().to_string(), "`backlog` must be at least 1");
        let wrong = Http { max_header_size: Size::from_mib(1), ..Http::default() };
        let error = wrong.check().unwrap_err().to_string();
        assert_eq!(error, "`max_header_size` must be at most 262144");
    }

    #[test]
    fn zero_means_for_ever() {
        let settings = Http { header_timeout: Duration::from_secs(0), ..Http::default() };
        assert_eq!(settings.patience().head, None);
        assert_eq!(settings.patience().request, Some(time::Duration::from_secs(75)));
    }
}
