//! From an accepted connection to an encrypted one.

use std::io;

use impasto::Tls;
use rustls::ServerConnection;
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::certificate::normal;
use super::live::TlsLive;
use crate::linger::linger;
use crate::sniff::{Prefix, Protocol, Sniffed};
use crate::stream::Stream;

/// What goes through an encrypted connection.
pub(crate) type Secured = TlsStream<Sniffed>;

/// The most bytes that wait for a client to read: two records. (rustls allows for four, which many
/// slow clients would make much of.)
const HELD: usize = 32 * 1024;

const PLAIN: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    connection: close\r\n\
    content-type: text/plain\r\n\
    content-length: 30\r\n\
    \r\n\
    plain HTTP sent to HTTPS port\n";

impl TlsLive {
    /// The same connection with a handshake behind it, where connections are to be encrypted.
    /// `prefix` is what was read from `stream`, and empty afterwards.
    ///
    /// # Errors
    ///
    /// When the client breaks it off, is refused, or does not speak TLS; it has been told then.
    pub(crate) async fn secure(&self, stream: Stream, prefix: &mut Prefix) -> io::Result<Stream> {
        let Some(config) = self.present()? else { return Ok(stream) };
        let prefix = std::mem::take(prefix);
        let stream = Sniffed::new(stream, prefix);
        if prefix.begins_with_a_letter() {
            return Err(refuse_plain(stream).await);
        }
        let mut pending = self.pending().enter();
        let limited = |session: &mut ServerConnection| session.set_buffer_limit(Some(HELD));
        let accepting = TlsAcceptor::from(config).accept_with(stream, limited).into_fallible();
        let accepted = tokio::select! {
            accepted = accepting => accepted,
            () = pending.gives_way() => {
                return Err(io::Error::other("too many handshakes are older than a client needs"));
            }
        };
        match accepted {
            Ok(stream) => Ok(Stream::Tls(Box::new(stream))),
            // The alert has been sent.
            Err((error, stream)) => {
                linger(stream).await;
                Err(error)
            }
        }
    }
}

/// Answers a client that speaks HTTP where it should have begun a handshake.
async fn refuse_plain(mut stream: Sniffed) -> io::Error {
    if stream.write_all(PLAIN).await.is_ok() {
        linger(stream).await;
    }
    io::Error::new(io::ErrorKind::InvalidData, "the client speaks plain HTTP to a TLS port")
}

/// What the handshake said.
pub(crate) fn told(stream: &Secured) -> Tls {
    let (_, session) = stream.get_ref();
    let mut tls = Tls::default();
    tls.server_name = session.server_name().map(normal);
    let certificates = session.peer_certificates().unwrap_or_default();
    tls.client_certificate = certificates.first().map(|certificate| certificate.to_vec());
    tls
}

/// The protocol that both sides agreed on, where they did.
pub(crate) fn agreed(stream: &Secured) -> Option<Protocol> {
    let (_, session) = stream.get_ref();
    session.alpn_protocol().map(|protocol| match protocol {
        b"h2" => Protocol::Http2,
        _ => Protocol::Http1,
    })
}
