//! Where a server listens, as written in a file.

use std::borrow::Cow;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::text::serde_as_text;

/// An address to listen on.
///
/// | written | meaning |
/// |---|---|
/// | `127.0.0.1:8080` | one IPv4 address |
/// | `[::1]:8080` | one IPv6 address; `[::]` takes IPv6 only, so that `0.0.0.0` may stand beside it |
/// | `localhost:8080` | every address of that name, IPv4 and IPv6 |
/// | `:8080`, `*:8080` | every interface, IPv4 and IPv6 |
/// | `8080` | 127.0.0.1 |
/// | `unix:/run/api.sock` | a unix socket |
/// | `/run/api.sock` | the same |
/// | `systemd:` | every socket that systemd opened for this process (socket activation) |
/// | `systemd:api` | those of the socket units that have `FileDescriptorName=api` |
/// | `fd://3` | the one with this descriptor, of those that systemd opened: the first has 3 |
///
/// Port 0 takes any free port; the addresses of a bound server have the real one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A port of a host.
    Tcp {
        /// An address without brackets, or a name to look up; empty for every interface.
        host: String,
        /// The port; 0 for any free one.
        port: u16,
    },
    /// The path of a unix socket.
    Unix(PathBuf),
    /// Sockets that systemd opened under this name; all of them where it is empty. The name `fd://3` is the
    /// first one's, whatever else that is called.
    Systemd(String),
}

/// Why a text is no [`Address`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is nothing but white space.
    #[error("an address is empty")]
    Empty,
    /// There is a host and nothing else.
    #[error("`{0}` has no port; write `{0}:8080`")]
    NoPort(String),
    /// The port is no number from 0 to 65535.
    #[error("`{port}` in `{address}` is no port; ports are numbers from 0 to 65535")]
    Port {
        /// What stands where the port should.
        port: String,
        /// The whole address.
        address: String,
    },
    /// There are colons in the host and no brackets round it, or only the first.
    #[error("`{0}` is not clear: an IPv6 address is written in brackets, as in `[::1]:8080`")]
    Brackets(String),
    /// `unix:` is followed by nothing.
    #[error("`unix:` needs the path of the socket, as in `unix:/run/api.sock`")]
    NoPath,
    /// What stands behind `fd://` is no descriptor that systemd passes.
    #[error("`fd://{0}` is no descriptor; the first that systemd passes is `fd://3`")]
    Descriptor(String),
    /// The path of a unix socket is longer than the system takes.
    #[error("`unix:{0}` has {length} bytes after `unix:`; the path of a socket has at most {MOST_OF_PATH}", length = .0.len())]
    LongPath(String),
}

/// What gunicorn writes before a descriptor's number.
pub(crate) const DESCRIPTOR: &str = "fd://";

/// The most bytes of a unix socket's path: Linux has 108 for it, the last of which is 0.
pub(crate) const MOST_OF_PATH: usize = 107;

impl Address {
    /// The address of `host`, which may be a name, an IP address with or without brackets, and `*`
    /// or empty for every interface.
    pub fn tcp(host: &str, port: u16) -> Address {
        let host = host.trim();
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        let host = if bare == "*" { "" } else { bare };
        Address::Tcp { host: host.to_owned(), port }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Address, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let unix = text.strip_prefix("unix:").or_else(|| text.starts_with('/').then_some(text));
        if let Some(path) = unix {
            return match path {
                "" => Err(AddressError::NoPath),
                path if path.len() > MOST_OF_PATH => Err(AddressError::LongPath(path.to_owned())),
                path => Ok(Address::Unix(PathBuf::from(path))),
            };
        }
        if let Some(name) = text.strip_prefix("systemd:") {
            return Ok(Address::Systemd(name.to_owned()));
        }
        if let Some(number) = text.strip_prefix(DESCRIPTOR) {
            return match number.parse::<u32>() {
                Ok(3..) => Ok(Address::Systemd(text.to_owned())),
                Ok(_) | Err(_) => Err(AddressError::Descriptor(number.to_owned())),
            };
        }
        let port = |port: &str| {
            // `u16::from_str` would take a sign.
            let digits = port.bytes().all(|byte| byte.is_ascii_digit());
            port.parse().ok().filter(|_| digits).ok_or_else(|| AddressError::Port {
                port: port.to_owned(),
                address: text.to_owned(),
            })
        };
        let Some((host, after)) = text.rsplit_once(':') else {
            return match text.bytes().all(|byte| byte.is_ascii_digit()) {
                true => Ok(Address::tcp(&Ipv4Addr::LOCALHOST.to_string(), port(text)?)),
                false => Err(AddressError::NoPort(text.to_owned())),
            };
        };
        match host.starts_with('[') {
            true if !text.contains(']') => Err(AddressError::Brackets(text.to_owned())),
            true if !host.ends_with(']') => Err(AddressError::NoPort(text.to_owned())),
            false if host.contains(':') => Err(AddressError::Brackets(text.to_owned())),
            _ => Ok(Address::tcp(host, port(after)?)),
        }
    }
}

/// As it is written; [`FromStr`] reads it back.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp { host, port } if host.is_empty() => write!(f, "*:{port}"),
            Address::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "{host}:{port}"),
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
            Address::Systemd(name) if name.starts_with(DESCRIPTOR) => f.write_str(name),
            Address::Systemd(name) => write!(f, "systemd:{name}"),
        }
    }
}

serde_as_text!(Address);

impl JsonSchema for Address {
    fn schema_name() -> Cow<'static, str> {
        "Address".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["127.0.0.1:8080", "unix:/run/api.sock"] })
    }
}

/// Where a server really listens: a resolved address with its port, or the path of a socket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BoundAddress {
    /// An IP address and a port that is never 0.
    Tcp(SocketAddr),
    /// The same, where connections are encrypted.
    Https(SocketAddr),
    /// The path of a unix socket.
    Unix(PathBuf),
}

impl BoundAddress {
    /// The socket address; `None` for a unix socket.
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        match self {
            BoundAddress::Tcp(address) | BoundAddress::Https(address) => Some(*address),
            BoundAddress::Unix(_) => None,
        }
    }

    /// The same, with or without TLS: one socket may have both in turn.
    pub fn over_tls(self, is_encrypted: bool) -> BoundAddress {
        match self {
            BoundAddress::Tcp(address) | BoundAddress::Https(address) => match is_encrypted {
                true => BoundAddress::Https(address),
                false => BoundAddress::Tcp(address),
            },
            BoundAddress::Unix(path) => BoundAddress::Unix(path),
        }
    }
}

/// `http://127.0.0.1:8080`, `https://127.0.0.1:8443`, `unix:/run/api.sock`
impl fmt::Display for BoundAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BoundAddress::Tcp(address) => write!(f, "http://{address}"),
            BoundAddress::Https(address) => write!(f, "https://{address}"),
            BoundAddress::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written() {
        for (text, host, port, shown) in [
            ("127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1:8080"),
            ("[::1]:80", "::1", 80, "[::1]:80"),
            ("[::]:0", "::", 0, "[::]:0"),
            (" localhost:65535 ", "localhost", 65535, "localhost:65535"),
            (":8774", "", 8774, "*:8774"),
            ("*:8774", "", 8774, "*:8774"),
            ("9000", "127.0.0.1", 9000, "127.0.0.1:9000"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address, Address::Tcp { host: host.into(), port }, "{text}");
            assert_eq!(address.to_string(), shown);
            assert_eq!(shown.parse(), Ok(address));
        }
        for name in ["", "api"] {
            let text = format!("systemd:{name}");
            assert_eq!(text.parse(), Ok(Address::Systemd(name.into())));
            assert_eq!(Address::Systemd(name.into()).to_string(), text);
        }
        assert_eq!("unix:/a b/s".parse(), Ok(Address::Unix("/a b/s".into())));
        assert_eq!(Address::Unix("/s".into()).to_string(), "unix:/s");
        assert_eq!(Address::tcp("[::1]", 1), Address::tcp("::1", 1));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, says) in [
            ("", "an address is empty"),
            ("example.org", "`example.org` has no port; write `example.org:8080`"),
            ("[::1]", "`[::1]` has no port; write `[::1]:8080`"),
            ("::1:80", "brackets"),
            ("[::1:80", "brackets"),
            ("h:65536", "`65536` in `h:65536` is no port; ports are numbers from 0 to 65535"),
            ("h:+1", "`+1` in `h:+1` is no port"),
            ("h:", "`` in `h:` is no port"),
            ("99999", "`99999` in `99999` is no port"),
            ("unix:", "`unix:` needs the path of the socket, as in `unix:/run/api.sock`"),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
