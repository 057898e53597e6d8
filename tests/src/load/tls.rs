//! Connections that begin with a handshake.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Failure;
use super::connection::Failed;

/// The stream for one protocol. The certificate must be of the address, as that is who is asked for.
pub(super) async fn connect(
    stream: TcpStream,
    config: &ClientConfig,
    protocol: &str,
) -> Result<TlsStream<TcpStream>, Failed> {
    let mut config = config.clone();
    config.alpn_protocols = vec![protocol.into()];
    let failed = |error: std::io::Error| (Failure::Handshake, error.to_string());
    let name = ServerName::from(stream.peer_addr().map_err(failed)?.ip());
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(failed)
}
