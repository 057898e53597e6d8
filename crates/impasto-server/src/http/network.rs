//! Networks, and the unix sockets beside them.

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use ipnet::IpNet;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::text::serde_as_text;

/// Where peers are: an address, a network like `10.0.0.0/8`, `unix` for whatever comes over a unix
/// socket, or `*` for whoever connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// The addresses of a network; of a single one, where it is as long as an address.
    Ip(IpNet),
    /// Peers without an address.
    Unix,
    /// Whoever connects.
    Any,
}

/// A text is no [`Network`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANetwork {
    /// It is something else.
    #[error("`{0}` is neither an address, nor a network like `10.0.0.0/8`, nor `unix`, nor `*`")]
    Other(String),
    /// An address of a network, where the network itself is asked for.
    #[error("`{0}` has bits set behind its length; the network is `{1}`")]
    BitsBehind(String, IpNet),
}

impl Network {
    /// Whether `peer` is in it; `None` is one without an address. An IPv4 address is the same whether
    /// it came as one or mapped into IPv6.
    pub fn has(&self, peer: Option<SocketAddr>) -> bool {
        match (self, peer) {
            (Network::Unix, None) | (Network::Any, _) => true,
            (Network::Ip(network), Some(peer)) => network.contains(&peer.ip().to_canonical()),
            (Network::Unix, Some(_)) | (Network::Ip(_), None) => false,
        }
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Network, NotANetwork> {
        let text = text.trim();
        if text == "*" {
            return Ok(Network::Any);
        }
        if text.eq_ignore_ascii_case("unix") {
            return Ok(Network::Unix);
        }
        if let Ok(address) = text.parse() {
            return Ok(Network::Ip(IpNet::from(std::net::IpAddr::to_canonical(&address))));
        }
        let network: IpNet = text.parse().map_err(|_| NotANetwork::Other(text.to_owned()))?;
        match network.trunc() == network {
            true => Ok(Network::Ip(network)),
            false => Err(NotANetwork::BitsBehind(text.to_owned(), network.trunc())),
        }
    }
}

/// As it is written; [`FromStr`] reads it back.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Network::Unix => f.write_str("unix"),
            Network::Any => f.write_str("*"),
            Network::Ip(network) if network.prefix_len() == network.max_prefix_len() => {
                network.addr().fmt(f)
            }
            Network::Ip(network) => network.fmt(f),
        }
    }
}

serde_as_text!(Network);

impl JsonSchema for Network {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Network".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["10.0.0.0/8", "::1", "unix"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_in_its_network() {
        let network = |text: &str| text.parse::<Network>().unwrap();
        let peer = |text: &str| Some(text.parse().unwrap());
        assert!(network("10.0.0.0/8").has(peer("10.1.2.3:4")));
        assert!(network("10.0.0.0/8").has(peer("[::ffff:10.1.2.3]:4")));
        assert!(!network("10.0.0.0/8").has(peer("11.0.0.0:4")));
        assert!(network("::1").has(peer("[::1]:4")));
        assert!(!network("::/0").has(None));
        assert!(network("unix").has(None));
        assert!(!network("unix").has(peer("127.0.0.1:1")));
        assert!(network("*").has(peer("[::1]:4")) && network("*").has(None));
        assert_eq!(network("*").to_string(), "*");
    }

    #[test]
    fn every_form_is_written_as_it_is_read() {
        for text in ["10.0.0.0/8", "127.0.0.1", "fe80::/10", "::1", "unix"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
        for (text, says) in [
            (
                "10.0.0.1/8",
                "`10.0.0.1/8` has bits set behind its length; the network is `10.0.0.0/8`",
            ),
            ("10.0.0.0/33", "neither an address"),
            ("localhost", "neither an address"),
        ] {
            let error = text.parse::<Network>().unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
