//! From an [`Address`] to listening sockets.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::task::{Context, Poll};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::{TcpListener, UnixListener};

use crate::address::{Address, BoundAddress};
use crate::socket_file::SocketFile;
use crate::stream::Stream;

/// Why a server cannot listen.
///
/// Its text names the address as written, the one it came to where that differs, and the reason:
/// `cannot listen on localhost:80 (127.0.0.1:80): permission denied`.
#[derive(Debug, thiserror::Error)]
pub struct BindError {
    /// The address as written.
    pub address: Address,
    /// The address that a name was resolved to; `None` for unix sockets and failed look-ups.
    pub resolved: Option<SocketAddr>,
    /// What the system said.
    #[source]
    pub reason: io::Error,
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot listen on {}", self.address)?;
        match self.resolved {
            Some(resolved) if resolved.to_string() != self.address.to_string() => {
                write!(f, " ({resolved})")?;
            }
            _ => {}
        }
        let reason = self.reason.to_string();
        // "Address already in use (os error 98)": the number helps nobody.
        let text = reason.split(" (os error").next().unwrap_or(&reason);
        let mut chars = text.chars();
        let first = chars.next().map(|first| first.to_ascii_lowercase());
        write!(f, ": {}{}", first.map(String::from).unwrap_or_default(), chars.as_str())
    }
}

/// One listening socket.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: Kind,
    address: BoundAddress,
    /// Removes the socket's file when the listener goes.
    _file: Option<SocketFile>,
}

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    /// Binds everything that `address` means: a name can come to several sockets.
    pub(crate) async fn bind(address: &Address, backlog: i32) -> Result<Vec<Listener>, BindError> {
        let failed = |resolved, reason| BindError { address: address.clone(), resolved, reason };
        let (host, port) = match address {
            Address::Tcp { host, port } => (host.as_str(), *port),
            Address::Unix(path) => {
                let listener = Listener::unix(path, backlog);
                return Ok(vec![listener.map_err(|reason| failed(None, reason))?]);
            }
        };
        let addresses = resolve(host, port).await.map_err(|reason| failed(None, reason))?;
        // With port 0 the second address takes the port that the first was given, where it is free.
        for attempt in 0.. {
            match Listener::bind_all(&addresses, backlog) {
                Err((_, reason))
                    if reason.kind() == io::ErrorKind::AddrInUse && port == 0 && attempt < 8 => {}
                bound => {
                    return bound.map_err(|(resolved, reason)| failed(Some(resolved), reason));
                }
            }
        }
        unreachable!("the loop ends after at most nine rounds")
    }

    fn bind_all(
        addresses: &[SocketAddr],
        backlog: i32,
    ) -> Result<Vec<Listener>, (SocketAddr, io::Error)> {
        let mut listeners: Vec<Listener> = Vec::new();
        let mut missing = None;
        for &(mut address) in addresses {
            if let Some(first) = listeners.first().and_then(|first| first.address.socket_addr()) {
                address.set_port(first.port());
            }
            match Listener::tcp(address, backlog) {
                Ok(listener) => listeners.push(listener),
                // A name may have addresses of a family that this machine does not speak.
                Err(reason) if addresses.len() > 1 && is_missing_family(&reason) => {
                    missing = Some((address, reason));
                }
                Err(reason) => return Err((address, reason)),
            }
        }
        match missing {
            Some(missing) if listeners.is_empty() => Err(missing),
            _ => Ok(listeners),
        }
    }

    fn tcp(address: SocketAddr, backlog: i32) -> io::Result<Listener> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(backlog)?;
        let socket = TcpListener::from_std(socket.into())?;
        let address = BoundAddress::Tcp(socket.local_addr()?);
        Ok(Listener { socket: Kind::Tcp(socket), address, _file: None })
    }

    fn unix(path: &Path, backlog: i32) -> io::Result<Listener> {
        SocketFile::remove_stale(path)?;
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.bind(&SockAddr::unix(path)?)?;
        let file = SocketFile::own(path)?;
        socket.listen(backlog)?;
        let socket = UnixListener::from_std(socket.into())?;
        let address = BoundAddress::Unix(path.to_owned());
        Ok(Listener { socket: Kind::Unix(socket), address, _file: Some(file) })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &BoundAddress {
        &self.address
    }

    /// The next connection.
    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    /// The next connection, if it is there.
    pub(crate) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        match &self.socket {
            Kind::Tcp(socket) => {
                socket.poll_accept(cx).map_ok(|(stream, peer)| Stream::tcp(stream, peer))
            }
            Kind::Unix(socket) => socket.poll_accept(cx).map_ok(|(stream, _)| Stream::unix(stream)),
        }
    }
}

/// Every address of `host`, IPv4 first, each once.
async fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if host.is_empty() {
        let any = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
        return Ok(any.map(|address| SocketAddr::new(address, port)).to_vec());
    }
    let mut addresses: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut seen = Vec::new();
    addresses.retain(|address| {
        !seen.contains(address) && {
            seen.push(*address);
            true
        }
    });
    match addresses.is_empty() {
        true => Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address")),
        false => Ok(addresses),
    }
}

fn is_missing_family(reason: &io::Error) -> bool {
    const EAFNOSUPPORT: i32 = 97;
    reason.kind() == io::ErrorKind::AddrNotAvailable || reason.raw_os_error() == Some(EAFNOSUPPORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn bind(text: &str) -> Result<Vec<Listener>, BindError> {
        Listener::bind(&text.parse().unwrap(), 16).await
    }

    #[tokio::test]
    async fn all_sockets_of_a_name_share_one_port() {
        let listeners = bind(":0").await.unwrap();
        let addresses: Vec<_> =
            listeners.iter().filter_map(|listener| listener.address().socket_addr()).collect();
        assert!(addresses[0].port() != 0);
        assert!(addresses.iter().all(|address| address.port() == addresses[0].port()));
    }

    #[tokio::test]
    async fn a_failure_names_the_address_and_the_reason() {
        let taken = bind("127.0.0.1:0").await.unwrap();
        let port = taken[0].address().socket_addr().unwrap().port();
        let error = bind(&format!("127.0.0.1:{port}")).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot listen on 127.0.0.1:{port}: address already in use")
        );
        let error = bind(&format!("localhost:{port}")).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot listen on localhost:{port} (127.0")), "{error}");

        let error = bind("no.such.host.invalid:80").await.unwrap_err().to_string();
        assert!(error.starts_with("cannot listen on no.such.host.invalid:80: "), "{error}");
        let error = bind("192.0.2.1:0").await.unwrap_err().to_string();
        assert!(error.contains("192.0.2.1:0: cannot assign requested address"), "{error}");
    }

    #[tokio::test]
    async fn both_families_may_be_listed() {
        let Ok(v6) = bind("[::]:0").await else { return eprintln!("this machine has no IPv6") };
        let port = v6[0].address().socket_addr().unwrap().port();
        bind(&format!("0.0.0.0:{port}")).await.unwrap();
    }
}
