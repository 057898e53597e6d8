//! Which addresses are trusted.

use std::net::{IpAddr, SocketAddr};

use impasto::SettingError;

/// A set of networks, and perhaps whatever comes over a unix socket.
#[derive(Debug, Default)]
pub(crate) struct Networks {
    unix: bool,
    /// The bits of a network's address above its length, as those of an IPv6 address.
    list: Vec<(u128, u32)>,
}

impl Networks {
    /// Reads addresses, networks (`10.0.0.0/8`) and the word `unix`, given as the setting `key`.
    pub(crate) fn of(key: &str, items: &[String]) -> Result<Networks, SettingError> {
        let mut networks = Networks::default();
        for item in items {
            match item.as_str() {
                "unix" => networks.unix = true,
                text => {
                    let error = |why| SettingError::new(key, format!("{text:?} {why}"));
                    networks.list.push(network(text).map_err(error)?);
                }
            }
        }
        Ok(networks)
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.unix && self.list.is_empty()
    }

    /// Whether a client at `peer` is in it; `None` is one without an address, at a unix socket.
    pub(crate) fn has_peer(&self, peer: Option<SocketAddr>) -> bool {
        peer.map_or(self.unix, |peer| self.has(peer.ip()))
    }

    pub(crate) fn has(&self, address: IpAddr) -> bool {
        let bits = bits(address);
        self.list.iter().any(|(network, host_bits)| above(bits, *host_bits) == *network)
    }
}

/// An address as IPv6 has it. An IPv4 address is the same whether it came as one or mapped.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn above(bits: u128, host_bits: u32) -> u128 {
    bits.checked_shr(host_bits).unwrap_or(0)
}

fn network(text: &str) -> Result<(u128, u32), &'static str> {
    const NOT_ONE: &str = "is neither an address, nor a network like `10.0.0.0/8`, nor `unix`";
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u32>().map_err(|_| NOT_ONE)?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| NOT_ONE)?;
    let width: u32 = if address.is_ipv4() { 32 } else { 128 };
    let Some(host_bits) = width.checked_sub(length.unwrap_or(width)) else {
        return Err("has more bits than an address");
    };
    let bits = bits(address);
    match bits.trailing_zeros() >= host_bits {
        true => Ok((above(bits, host_bits), host_bits)),
        false => Err("has bits set behind its length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(text: &str) -> Result<Networks, SettingError> {
        let items: Vec<_> = text.split(' ').map(str::to_owned).collect();
        Networks::of("trusted", &items)
    }

    #[test]
    fn addresses_are_in_their_networks() {
        let some = networks("10.0.0.0/8 192.0.2.1 2001:db8::/32 unix").unwrap();
        for inside in ["10.255.0.1", "192.0.2.1", "2001:db8:1::1", "::ffff:10.0.0.1"] {
            assert!(some.has(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.2", "2001:db9::1", "::1", "::10.0.0.1"] {
            assert!(!some.has(outside.parse().unwrap()), "{outside}");
        }
        assert!(some.has_peer(None) && !networks("::1").unwrap().has_peer(None));
        let all = networks("0.0.0.0/0 ::/0").unwrap();
        assert!(all.has([1, 2, 3, 4].into()) && all.has("fe80::1".parse().unwrap()));
        assert!(!networks("0.0.0.0/0").unwrap().has("fe80::1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for (text, why) in [
            ("localhost", "is neither"),
            ("10.0.0.0/x", "is neither"),
            ("10.0.0.0/33", "more bits"),
            ("10.0.0.1/8", "bits set"),
            ("::1/64", "bits set"),
        ] {
            let error = networks(text).unwrap_err().to_string();
            assert!(error.starts_with("`trusted`: ") && error.contains(why), "{error}");
        }
    }
}
