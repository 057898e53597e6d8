//! What the settings are to a connection.

use std::time::Duration;

use hyper::server::conn::{http1, http2};
use impasto::settings::Size;

use crate::drive::Patience;
use crate::http::Http;
use crate::pace::Slowest;
use crate::proxy::Proxies;
use crate::streams::Streams;

/// Read when a connection is accepted, which then keeps them to its end.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) http1: http1::Builder,
    /// `None`: HTTP/1 only.
    pub(crate) http2: Option<http2::Builder<Streams>>,
    pub(crate) patience: Patience,
    /// Of a client that takes an answer.
    pub(crate) writing: Slowest,
    /// Whether the host of a request must be that of the TLS handshake.
    pub(crate) strict_sni_host: bool,
    /// Of a client that sends a body.
    pub(crate) reading: Slowest,
    /// The longest target of a request, in bytes.
    pub(crate) max_url: usize,
    pub(crate) max_headers: usize,
    /// The largest body of a request, in bytes.
    pub(crate) max_body: u64,
    /// Where connections begin with a header of the PROXY protocol.
    pub(crate) proxies: Option<Proxies>,
    /// Whether requests go through the gate.
    pub(crate) strict: bool,
    /// How long a stop waits for requests in flight; `None` for ever.
    pub(crate) drain: Option<Duration>,
}

impl Terms {
    pub(crate) fn of(settings: &Http) -> Terms {
        Terms {
            http1: settings.http1(),
            http2: settings.http2(),
            patience: settings.patience(),
            writing: settings.writing(),
            strict_sni_host: settings.strict_sni_host,
            reading: settings.reading(),
            max_url: some(settings.max_url_length) as usize,
            max_headers: settings.max_headers,
            max_body: some(settings.max_body_size),
            proxies: settings.proxies(),
            strict: settings.strict,
            drain: settings.drain(),
        }
    }
}

/// Without a limit, where that is 0.
fn some(limit: Size) -> u64 {
    match limit.bytes() {
        0 => u64::MAX,
        bytes => bytes,
    }
}
