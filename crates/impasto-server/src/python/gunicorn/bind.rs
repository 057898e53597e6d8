//! gunicorn's `bind`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::address::{Address, AddressError};
use crate::text::serde_as_text;

/// The port of a host that is written without one.
pub(super) const PORT: u16 = 8000;

/// An [`Address`], also as gunicorn writes one: with `tcp://` before it, or with `unix://`, or without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bind(pub Address);

impl FromStr for Bind {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Bind, AddressError> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("unix://") {
            return format!("unix:{path}").parse().map(Bind);
        }
        let text = text.strip_prefix("tcp://").unwrap_or(text);
        match text.parse() {
            Err(AddressError::NoPort(host)) => Ok(Bind(Address::tcp(&host, PORT))),
            // A lone number is a host to gunicorn, and a port to everybody else.
            address => address.map(Bind),
        }
    }
}

/// The addresses that `host` is a list of, where it is more than a host.
pub(super) fn listed(host: &str) -> Option<Vec<Address>> {
    if matches!(host.parse::<Address>(), Err(AddressError::NoPort(_))) && !host.contains(',') {
        return None;
    }
    let all = host.split(',').map(|item| item.parse().map(|Bind(address)| address));
    all.collect::<Result<_, _>>().ok()
}

impl fmt::Display for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

serde_as_text!(Bind);

impl JsonSchema for Bind {
    fn schema_name() -> Cow<'static, str> {
        Address::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Address::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::Bind;

    #[test]
    fn an_address_is_written_as_gunicorn_does() {
        for (written, meant) in [
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("tcp://[::1]:80", "[::1]:80"),
            ("api.example", "api.example:8000"),
            ("[::1]", "[::1]:8000"),
            ("unix:///run/s", "unix:/run/s"),
            ("unix:/run/s", "unix:/run/s"),
            ("fd://3", "fd://3"),
        ] {
            assert_eq!(written.parse::<Bind>().unwrap().to_string(), meant, "{written}");
        }
        assert!("fd://x".parse::<Bind>().is_err());
    }
}
