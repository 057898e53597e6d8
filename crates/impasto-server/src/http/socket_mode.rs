//! The permissions of a unix socket.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::text::serde_as_text;

/// The permissions of a file in octal: `660`, `0660` and `0o660` are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketMode(u32);

/// A text is no [`SocketMode`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no mode; modes are octal numbers up to 777, like `0660`")]
pub struct NotAMode(String);

impl SocketMode {
    /// The lowest nine bits are the permissions of owner, group and others.
    pub const fn from_bits(bits: u32) -> SocketMode {
        SocketMode(bits & 0o777)
    }

    /// The permissions as the system has them.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl FromStr for SocketMode {
    type Err = NotAMode;

    fn from_str(text: &str) -> Result<SocketMode, NotAMode> {
        let text = text.trim();
        let digits = text.strip_prefix("0o").unwrap_or(text);
        let is_octal = digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
        let bits = u32::from_str_radix(digits, 8).ok().filter(|bits| is_octal && *bits <= 0o777);
        bits.map(SocketMode).ok_or_else(|| NotAMode(text.to_owned()))
    }
}

/// As in `0660`.
impl fmt::Display for SocketMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

serde_as_text!(SocketMode);

impl JsonSchema for SocketMode {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SocketMode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(0o)?[0-7]+$", "examples": ["0660"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_octal() {
        for (text, shown) in [("660", "0660"), ("0660", "0660"), (" 0o777 ", "0777"), ("0", "0000")]
        {
            assert_eq!(text.parse::<SocketMode>().unwrap().to_string(), shown);
        }
        for text in ["", "0o", "+6", "888", "1777", "rw"] {
            assert!(text.parse::<SocketMode>().is_err(), "{text}");
        }
    }
}
