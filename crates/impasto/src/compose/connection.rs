use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use http::uri::Scheme;

/// What is known about the connection that a request came over.
///
/// A server makes one per connection and every request on it shares it. A filter behind a trusted proxy replaces it
/// with what the proxy says of the real client ([`Exchange::set_connection`](crate::Exchange::set_connection)). In a
/// tower service it is the request extension `Arc<Connection>`.
///
/// ```
/// use impasto::Connection;
///
/// let mut connection = Connection::default();
/// connection.peer = Some(([192, 0, 2, 7], 41000).into());
/// assert_eq!(connection.scheme.as_str(), "http");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connection {
    /// The client's address; `None` over a unix socket, and for a request made in process.
    pub peer: Option<SocketAddr>,
    /// The address the client connected to; `None` as for `peer`.
    pub local: Option<SocketAddr>,
    /// `http` (the default), or `https` when the client's own connection is encrypted.
    pub scheme: Scheme,
    /// How the connection that the server accepted is encrypted; `None` in clear text. A proxy's `https` changes
    /// `scheme`, never this.
    pub tls: Option<Arc<Tls>>,
}

/// What a TLS handshake said.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Tls {
    /// The name that the client asked for (SNI), in lower case and without a dot at its end.
    pub server_name: Option<String>,
    /// The client's certificate in DER, where the server asks for one and has verified it.
    pub client_certificate: Option<Vec<u8>>,
}

impl Default for Connection {
    fn default() -> Connection {
        Connection { peer: None, local: None, scheme: Scheme::HTTP, tls: None }
    }
}

impl Connection {
    /// The connection of a request that came over none.
    pub(super) fn unknown() -> Arc<Connection> {
        static UNKNOWN: LazyLock<Arc<Connection>> = LazyLock::new(Arc::default);
        UNKNOWN.clone()
    }
}
