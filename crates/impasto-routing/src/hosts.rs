//! Apps by host, with wildcards.

use std::borrow::Cow;
use std::collections::HashMap;

use impasto::Exchange;

use crate::Asked;

/// What is chosen by names in lower case, without the dot at their end.
///
/// A name goes before a wildcard, the longer wildcard before the shorter one, and an option with a port
/// before the same without.
pub struct Hosts<T> {
    hosts: HashMap<Box<str>, Ports<T>>,
    /// By what stands behind the `*.`.
    wildcards: HashMap<Box<str>, Ports<T>>,
}

impl<T> Default for Hosts<T> {
    fn default() -> Hosts<T> {
        Hosts { hosts: HashMap::new(), wildcards: HashMap::new() }
    }
}

/// What is chosen for one host: by port, and for all other ports.
struct Ports<T> {
    own: Vec<(u16, T)>,
    any: Option<T>,
}

impl<T> Default for Ports<T> {
    fn default() -> Ports<T> {
        Ports { own: Vec::new(), any: None }
    }
}

impl<T> Ports<T> {
    fn get(&self, port: Option<u16>) -> Option<&T> {
        let own = self.own.iter().find(|(own, _)| Some(*own) == port);
        own.map(|(_, it)| it).or(self.any.as_ref())
    }
}

impl<T> Hosts<T> {
    /// Adds what requests for a host get: `NAME` or `*.NAME`, perhaps with `port PORT` behind it.
    ///
    /// # Errors
    ///
    /// Why `option` is no such thing, or that it is there already.
    pub fn insert(&mut self, option: &str, it: T) -> Result<(), String> {
        let words: Vec<&str> = option.split_whitespace().collect();
        let (name, port) = match words[..] {
            [name] => (name, None),
            [name, "port", port] => {
                let number: Option<u16> = port.parse().ok();
                (name, Some(number.ok_or_else(|| format!("`{port}` is not a port"))?))
            }
            _ => return Err("is neither a setting nor a host".to_owned()),
        };
        let (map, name) = match name.strip_prefix("*.") {
            Some(parent) => (&mut self.wildcards, parent),
            None => (&mut self.hosts, name),
        };
        let name = canonical(name);
        if !is_name(&name) {
            return Err("is not the name of a host".to_owned());
        }
        let ports = map.entry(name.into()).or_default();
        let is_second = match port {
            Some(port) => {
                let is_second = ports.own.iter().any(|(own, _)| *own == port);
                ports.own.push((port, it));
                is_second
            }
            None => ports.any.replace(it).is_some(),
        };
        if is_second { Err("is another spelling of a host above".to_owned()) } else { Ok(()) }
    }

    /// What the host of a request is given.
    pub fn get(&self, exchange: &Exchange) -> Option<&T> {
        let Asked { name, port } = Asked::by(exchange);
        let name = canonical(name);
        let exact = self.hosts.get(&*name).and_then(|ports| ports.get(port));
        exact.or_else(|| self.by_wildcard(&name, port))
    }

    /// The longest wildcard that takes a name.
    fn by_wildcard(&self, name: &str, port: Option<u16>) -> Option<&T> {
        // What stands before the first dot is at least one character: `.example.org` is below nothing.
        if self.wildcards.is_empty() || name.starts_with('.') {
            return None;
        }
        let mut rest = name;
        while let Some((_, parent)) = rest.split_once('.') {
            if let Some(it) = self.wildcards.get(parent).and_then(|ports| ports.get(port)) {
                return Some(it);
            }
            rest = parent;
        }
        None
    }
}

/// A host as it is compared. Most are that already, and cost no memory.
fn canonical(name: &str) -> Cow<'_, str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    }
}

/// Whether this is a name as DNS has it (with the `_` that people use), or an IPv4 address.
fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name.split('.').all(|label| !label.is_empty() && label.bytes().all(is_allowed))
}
