//! From an [`Address`] to listening sockets, which belong to no runtime yet.

use std::fmt;
use std::fs::{self, Permissions};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use socket2::{Domain, Protocol, SockAddr, SockRef, Socket, TcpKeepalive, Type};

use crate::address::{Address, BoundAddress};
use crate::http::Http;
use crate::launcher::activation;
use crate::socket_file::SocketFile;

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

/// A socket that listens: clients can connect, and wait. Whoever holds it decides which process and
/// which runtime accepts them.
#[derive(Debug)]
pub struct Listening {
    /// Where it listens.
    pub address: BoundAddress,
    /// What that was in the settings.
    pub asked: Address,
    /// The socket, which does not block.
    pub socket: OwnedFd,
    /// The file of a unix socket; dropping this removes it.
    pub file: Option<SocketFile>,
}

impl Listening {
    /// A socket that another process of this program made; its file, if it has one, is this process's
    /// from now on.
    pub(crate) fn inherited(asked: Address, address: BoundAddress, socket: OwnedFd) -> Listening {
        let file = match &asked {
            Address::Unix(path) => SocketFile::own(path).ok(),
            Address::Tcp { .. } | Address::Systemd(_) => None,
        };
        Listening { address, asked, socket, file }
    }

    /// Changes what can be changed about a socket while it listens. Where it listens cannot.
    pub(crate) fn tune(&self, settings: &Http) -> io::Result<()> {
        let socket = SockRef::from(&self.socket);
        match (&self.asked, &self.address) {
            // systemd's own units say how they are.
            (Address::Systemd(_), _) => return Ok(()),
            (_, BoundAddress::Tcp(_) | BoundAddress::Https(_)) => keep_alive(&socket, settings)?,
            (_, BoundAddress::Unix(path)) => set_mode(path, settings)?,
        }
        socket.listen(backlog(settings))
    }
}

/// Listens on every address of the settings, in their order: a name can come to several sockets. May
/// wait for the look-up of a name.
///
/// # Errors
///
/// The first address that cannot be listened on; none is kept then.
pub fn bind_all(settings: &Http) -> Result<Vec<Listening>, BindError> {
    let mut listening = Vec::new();
    for address in settings.addresses() {
        listening.extend(bind(&address, settings)?);
    }
    Ok(listening)
}

/// Listens on one address of the settings.
pub(crate) fn bind(asked: &Address, settings: &Http) -> Result<Vec<Listening>, BindError> {
    let failed = |resolved, reason| BindError { address: asked.clone(), resolved, reason };
    let (host, port) = match asked {
        Address::Tcp { host, port } => (host.as_str(), *port),
        Address::Unix(path) => {
            let (socket, file) = unix(path, settings).map_err(|reason| failed(None, reason))?;
            let (address, asked) = (BoundAddress::Unix(path.clone()), asked.clone());
            return Ok(vec![Listening { address, asked, socket, file: Some(file) }]);
        }
        Address::Systemd(name) => {
            let sockets = activation::sockets(name).map_err(|reason| failed(None, reason))?;
            let listening = sockets.into_iter().map(|(address, socket)| {
                // The file of a unix socket is systemd's.
                Listening { address, asked: asked.clone(), socket, file: None }
            });
            return Ok(listening.collect());
        }
    };
    let addresses = resolve(host, port).map_err(|reason| failed(None, reason))?;
    // With port 0 the second address takes the port that the first was given, where it is free.
    let mut attempts = 0;
    loop {
        match bind_each(&addresses, settings) {
            Err((_, reason))
                if reason.kind() == io::ErrorKind::AddrInUse && port == 0 && attempts < 8 =>
            {
                attempts += 1;
            }
            Err((resolved, reason)) => return Err(failed(Some(resolved), reason)),
            Ok(bound) => {
                let listening = bound.into_iter().map(|(address, socket)| {
                    let (address, asked) = (BoundAddress::Tcp(address), asked.clone());
                    Listening { address, asked, socket, file: None }
                });
                return Ok(listening.collect());
            }
        }
    }
}

type Bound = Vec<(SocketAddr, OwnedFd)>;

fn bind_each(addresses: &[SocketAddr], settings: &Http) -> Result<Bound, (SocketAddr, io::Error)> {
    let mut bound = Bound::new();
    let mut missing = None;
    for &(mut address) in addresses {
        if let Some((first, _)) = bound.first() {
            address.set_port(first.port());
        }
        match tcp(address, settings) {
            Ok(listening) => bound.push(listening),
            // A name may have addresses of a family that this machine does not speak.
            Err(reason) if addresses.len() > 1 && is_missing_family(&reason) => {
                missing = Some((address, reason));
            }
            Err(reason) => return Err((address, reason)),
        }
    }
    match missing {
        Some(missing) if bound.is_empty() => Err(missing),
        _ => Ok(bound),
    }
}

/// What is set on a listening socket is set on every connection that it accepts, at no cost.
fn tcp(address: SocketAddr, settings: &Http) -> io::Result<(SocketAddr, OwnedFd)> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    keep_alive(&SockRef::from(&socket), settings)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog(settings))?;
    let address = socket.local_addr()?.as_socket();
    let address = address.ok_or(io::ErrorKind::AddrNotAvailable)?;
    Ok((address, socket.into()))
}

fn unix(path: &Path, settings: &Http) -> io::Result<(OwnedFd, SocketFile)> {
    SocketFile::remove_stale(path)?;
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::unix(path)?)?;
    let file = SocketFile::own(path)?;
    // Nobody can connect before it listens.
    set_mode(path, settings)?;
    socket.listen(backlog(settings))?;
    Ok((socket.into(), file))
}

fn keep_alive(socket: &SockRef<'_>, settings: &Http) -> io::Result<()> {
    let time = settings.tcp_keepalive;
    if time.is_zero() {
        return socket.set_keepalive(false);
    }
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(time.get()))
}

fn set_mode(path: &Path, settings: &Http) -> io::Result<()> {
    let mode = settings.socket_mode.map(|mode| Permissions::from_mode(mode.bits()));
    mode.map_or(Ok(()), |mode| fs::set_permissions(path, mode))
}

fn backlog(settings: &Http) -> i32 {
    i32::try_from(settings.backlog).unwrap_or(i32::MAX)
}

/// Every address of `host`, IPv4 first, each once.
fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if host.is_empty() {
        let any = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
        return Ok(any.map(|address| SocketAddr::new(address, port)).to_vec());
    }
    let mut addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
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

    fn listen(text: &str) -> Result<Vec<Listening>, BindError> {
        bind(&text.parse().unwrap(), &Http::default())
    }

    fn port(listening: &Listening) -> u16 {
        listening.address.socket_addr().unwrap().port()
    }

    #[test]
    fn all_sockets_of_a_name_share_one_port() {
        let listening = listen(":0").unwrap();
        assert_ne!(port(&listening[0]), 0);
        assert!(listening.iter().all(|other| port(other) == port(&listening[0])));
    }

    #[test]
    fn a_failure_names_the_address_and_the_reason() {
        let taken = listen("127.0.0.1:0").unwrap();
        let port = port(&taken[0]);
        let error = listen(&format!("127.0.0.1:{port}")).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot listen on 127.0.0.1:{port}: address already in use")
        );
        let error = listen(&format!("localhost:{port}")).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot listen on localhost:{port} (127.0")), "{error}");

        let error = listen("no.such.host.invalid:80").unwrap_err().to_string();
        assert!(error.starts_with("cannot listen on no.such.host.invalid:80: "), "{error}");
        let error = listen("192.0.2.1:0").unwrap_err().to_string();
        assert!(error.contains("192.0.2.1:0: cannot assign requested address"), "{error}");
        let error = listen("systemd:api").unwrap_err().to_string();
        assert_eq!(error, "cannot listen on systemd:api: systemd has opened no such socket");
    }

    #[test]
    fn both_families_may_be_listed() {
        let Ok(v6) = listen("[::]:0") else { return eprintln!("this machine has no IPv6") };
        listen(&format!("0.0.0.0:{}", port(&v6[0]))).unwrap();
    }

    #[test]
    fn a_unix_socket_has_the_mode_that_was_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let socket_mode = Some("0620".parse().unwrap());
        let settings = Http { socket_mode, ..Http::default() };
        let _listening = bind(&Address::Unix(path.clone()), &settings).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o620);
    }
}
