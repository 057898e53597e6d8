//! The PROXY protocol: what a proxy says about its client before the client's own bytes.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use ppp::{v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::http::{Network, ProxyProtocol};
use crate::seldom::Seldom;

/// What version 2 begins with.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// `PROXY UNKNOWN\r\n`, the shortest line of version 1.
const SHORTEST_LINE: usize = 15;
/// The longest, with its end.
const LONGEST_LINE: usize = 107;
/// Version 2 without its addresses.
const FIXED: usize = 16;

/// Which headers are read, and from whom.
#[derive(Debug)]
pub(crate) struct Proxies {
    protocol: ProxyProtocol,
    from: Vec<Network>,
    refusals: Seldom,
}

/// The two ends of the client's own connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) client: SocketAddr,
    pub(crate) reached: SocketAddr,
}

impl Proxies {
    pub(crate) fn new(protocol: ProxyProtocol, from: Vec<Network>) -> Proxies {
        Proxies { protocol, from, refusals: Seldom::default() }
    }

    /// Reads a header from `stream`, and nothing that follows it. `None` where the proxy speaks for
    /// itself, as it does to see whether we are there.
    ///
    /// # Errors
    ///
    /// When `peer` is not believed, or there is no header of the kind, which the log tells; and when the connection
    /// fails.
    pub(crate) async fn read(
        &self,
        peer: Option<SocketAddr>,
        stream: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<Option<Told>> {
        use io::ErrorKind::{InvalidData, PermissionDenied};
        let told = self.told(peer, stream).await;
        // Where the setting is wrong nobody is served, and whoever has set it is to see why.
        if let Err(error) = &told
            && matches!(error.kind(), InvalidData | PermissionDenied)
            && let Some(left_out) = self.refusals.due(Instant::now())
        {
            tracing::warn!(?peer, left_out, "connection refused: {error}");
        }
        told
    }

    async fn told(
        &self,
        peer: Option<SocketAddr>,
        stream: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<Option<Told>> {
        if !self.from.iter().any(|network| network.has(peer)) {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the peer is not in `proxy_protocol_from`",
            ));
        }
        let mut header = vec![0; SIGNATURE.len()];
        stream.read_exact(&mut header).await?;
        match (header == SIGNATURE, self.protocol) {
            (true, ProxyProtocol::V2 | ProxyProtocol::Auto) => binary(header, stream).await,
            (false, ProxyProtocol::V1 | ProxyProtocol::Auto) => line(header, stream).await,
            _ => Err(wrong()),
        }
    }
}

fn wrong() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "it does not begin with a header that `proxy_protocol` asks for",
    )
}

async fn more(
    header: &mut Vec<u8>,
    bytes: usize,
    stream: &mut (impl AsyncRead + Unpin),
) -> io::Result<()> {
    let before = header.len();
    header.resize(before + bytes, 0);
    stream.read_exact(&mut header[before..]).await.map(|_| ())
}

/// A line has no length, so it is read as fast as cannot be too fast: what is left of the shortest line,
/// and then the two bytes, or the one, that its end still needs.
async fn line(
    mut header: Vec<u8>,
    stream: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<Told>> {
    if !header.starts_with(b"PROXY ") {
        return Err(wrong());
    }
    more(&mut header, SHORTEST_LINE - SIGNATURE.len(), stream).await?;
    while !header.ends_with(b"\r\n") {
        if header.len() >= LONGEST_LINE {
            return Err(wrong());
        }
        let missing = if header.ends_with(b"\r") { 1 } else { 2 };
        more(&mut header, missing, stream).await?;
    }
    let header = v1::Header::try_from(&header[..]).map_err(|_| wrong())?;
    Ok(match header.addresses {
        v1::Addresses::Tcp4(it) => Some(Told {
            client: (it.source_address, it.source_port).into(),
            reached: (it.destination_address, it.destination_port).into(),
        }),
        v1::Addresses::Tcp6(it) => Some(Told {
            client: (it.source_address, it.source_port).into(),
            reached: (it.destination_address, it.destination_port).into(),
        }),
        v1::Addresses::Unknown => None,
    })
}

async fn binary(
    mut header: Vec<u8>,
    stream: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<Told>> {
    more(&mut header, FIXED - SIGNATURE.len(), stream).await?;
    let rest = u16::from_be_bytes([header[FIXED - 2], header[FIXED - 1]]);
    more(&mut header, usize::from(rest), stream).await?;
    let header = v2::Header::try_from(&header[..]).map_err(|_| wrong())?;
    Ok(match (header.command, header.addresses) {
        (v2::Command::Proxy, v2::Addresses::IPv4(it)) => Some(Told {
            client: (it.source_address, it.source_port).into(),
            reached: (it.destination_address, it.destination_port).into(),
        }),
        (v2::Command::Proxy, v2::Addresses::IPv6(it)) => Some(Told {
            client: (it.source_address, it.source_port).into(),
            reached: (it.destination_address, it.destination_port).into(),
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(protocol: ProxyProtocol, bytes: &[u8]) -> (Option<Option<Told>>, usize) {
        let from = vec!["127.0.0.1".parse().unwrap()];
        let (mut rest, peer) = (bytes, Some("127.0.0.1:9".parse().unwrap()));
        let told = Proxies::new(protocol, from).read(peer, &mut rest).await;
        (told.ok(), rest.len())
    }

    fn told(client: &str, reached: &str) -> Option<Option<Told>> {
        Some(Some(Told { client: client.parse().unwrap(), reached: reached.parse().unwrap() }))
    }

    #[tokio::test]
    async fn a_header_is_read_and_nothing_behind_it() {
        use ProxyProtocol::{Auto, V1, V2};
        let v4 = told("192.0.2.1:5", "192.0.2.2:80");
        let v6 = told("[2001:db8::1]:5", "[2001:db8::2]:80");
        let line = b"PROXY TCP4 192.0.2.1 192.0.2.2 5 80\r\nGET /";
        let mut binary = SIGNATURE.to_vec();
        binary.extend(b"\x21\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x02\0\x05\0\x50GET /");
        for protocol in [V1, Auto] {
            assert_eq!(read(protocol, line).await, (v4, 5));
            let line = b"PROXY TCP6 2001:db8::1 2001:db8::2 5 80\r\nGET /";
            assert_eq!(read(protocol, line).await, (v6, 5));
            assert_eq!(read(protocol, b"PROXY UNKNOWN\r\nGET /").await, (Some(None), 5));
        }
        for protocol in [V2, Auto] {
            assert_eq!(read(protocol, &binary).await, (v4, 5));
            let mut local = binary.clone();
            local[12] = 0x20;
            assert_eq!(read(protocol, &local).await, (Some(None), 5));
        }
        assert_eq!(read(V1, &binary).await.0, None);
        assert_eq!(read(V2, line).await.0, None);
        for wrong in [
            &b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"[..],
            b"PROXY TCP4 1 2 3 4\r\n",
            b"PROXY TCP4 192.0.2.1",
            &[&b"PROXY TCP4 "[..], &[b'1'; 200]].concat(),
            &binary[..20],
        ] {
            assert_eq!(read(Auto, wrong).await.0, None, "{wrong:?}");
        }
    }
}
