//! From settings to what serves a connection.

use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper_util::rt::TokioTimer;
use impasto::settings;

use super::{ClientAuth, Http, ProxyProtocol};
use crate::drive::Patience;
use crate::pace::Slowest;
use crate::proxy::Proxies;
use crate::streams::Streams;
use crate::tls::{Acceptor, Read, TlsErrors, TlsFiles};

/// hyper keeps so many headers on its stack, unless it is told a number.
const HYPER_MAX_HEADERS: usize = 100;

/// How many requests of an HTTP/2 connection may break the protocol before all of it ends.
const MAX_RESETS_OF_OURS: usize = 128;

/// What is buffered of one answer over HTTP/2, in bytes.
const SEND_BUFFER: usize = 64 * 1024;

const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// `None` for 0.
pub(super) fn limit(duration: settings::Duration) -> Option<Duration> {
    Some(duration.get()).filter(|duration| !duration.is_zero())
}

impl Http {
    /// `graceful_shutdown_timeout`; `None` for ever.
    pub(crate) fn drain(&self) -> Option<Duration> {
        limit(self.graceful_shutdown_timeout)
    }

    /// `worker_timeout`; `None` for ever.
    pub(crate) fn silence(&self) -> Option<Duration> {
        limit(self.worker_timeout)
    }

    /// The deadlines of a connection.
    pub(crate) fn patience(&self) -> Patience {
        Patience {
            handshake: limit(self.handshake_timeout),
            request: limit(self.client_socket_timeout.unwrap_or(self.keep_alive)),
            head: limit(self.header_timeout),
            idle: limit(self.client_socket_timeout.unwrap_or(self.idle_timeout)),
            window: self.first_byte_window.get(),
        }
    }

    pub(crate) fn proxies(&self) -> Option<Proxies> {
        let Http { proxy_protocol: protocol, proxy_protocol_from: from, .. } = self;
        let is_on = *protocol != ProxyProtocol::Off;
        is_on.then(|| Proxies::new(*protocol, from.clone()))
    }

    pub(crate) fn reading(&self) -> Slowest {
        let pause = limit(self.body_timeout);
        Slowest { pause, rate: self.body_min_rate.bytes(), grace: Duration::from_secs(5) }
    }

    pub(crate) fn writing(&self) -> Slowest {
        let pause = limit(self.write_timeout);
        Slowest { pause, rate: self.write_min_rate.bytes(), grace: Duration::from_secs(30) }
    }

    /// The files of `tls_cert`, `tls_key` and `tls_client_ca`, with what `tls_client_auth` says of them.
    pub fn tls_files(&self) -> TlsFiles {
        TlsFiles {
            cert: self.tls_cert.clone(),
            key: self.tls_key.clone(),
            client_ca: self
                .tls_client_ca
                .clone()
                .filter(|_| self.tls_client_auth != ClientAuth::Off),
            client_is_optional: self.tls_client_auth == ClientAuth::Optional,
        }
    }

    /// What serves TLS handshakes by these settings, with its files read by means of `read`; `None`
    /// for clear text.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files.
    pub fn acceptor(&self, read: Read<'_>) -> Result<Option<Acceptor>, TlsErrors> {
        let files = self.tls_files();
        match files.is_empty() {
            true => Ok(None),
            false => Acceptor::load(&files, self.http2, read).map(Some),
        }
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
    pub(crate) fn http2(&self) -> Option<http2::Builder<Streams>> {
        let mut builder = http2::Builder::new(Streams(self.writing()));
        builder
            .timer(TokioTimer::new())
            .keep_alive_interval(limit(self.http2_ping_interval))
            .keep_alive_timeout(PING_TIMEOUT)
            .max_concurrent_streams(self.http2_max_streams)
            .max_pending_accept_reset_streams(self.http2_max_resets)
            // "MadeYouReset" (CVE-2025-8671).
            .max_local_error_reset_streams(MAX_RESETS_OF_OURS)
            .max_send_buf_size(SEND_BUFFER)
            .max_header_list_size(self.header_bytes());
        self.http2.then_some(builder)
    }

    fn header_bytes(&self) -> u32 {
        u32::try_from(self.max_header_size.bytes()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_means_for_ever() {
        let header_timeout = settings::Duration::from_secs(0);
        let settings = Http { header_timeout, ..Http::default() };
        assert_eq!(settings.patience().head, None);
        assert_eq!(settings.patience().request, Some(Duration::from_secs(75)));
    }
}
