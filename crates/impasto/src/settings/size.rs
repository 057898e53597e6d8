//! Amounts of bytes.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of bytes: `512`, `64k`, `10MiB`, `1.5 GB`.
///
/// A lone letter and the `i` units count in 1024s (`k`, `KiB`: 1,024 bytes), as nginx and most
/// servers do; the units with a plain `B` count in 1000s (`kB`: 1,000 bytes), as IEC 80000-13 has
/// it. Case makes no difference.
///
/// ```
/// use impasto::settings::Size;
///
/// let limit: Size = "64k".parse()?;
/// assert_eq!(limit.bytes(), 65_536);
/// assert_eq!(limit.to_string(), "64KiB");
/// # Ok::<(), impasto::settings::NotASize>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(u64);

const BINARY: [(&str, u64); 4] =
    [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

impl Size {
    /// So many bytes.
    pub const fn from_bytes(bytes: u64) -> Size {
        Size(bytes)
    }

    /// So many times 1,024 bytes, at most what 64 bits can count.
    pub const fn from_kib(kib: u64) -> Size {
        Size(kib.saturating_mul(1 << 10))
    }

    /// So many times 1,048,576 bytes, at most what 64 bits can count.
    pub const fn from_mib(mib: u64) -> Size {
        Size(mib.saturating_mul(1 << 20))
    }

    /// The amount in bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

/// A text is no [`Size`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASize;

impl fmt::Display for NotASize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a size like `512`, `64k` or `10MiB`")
    }
}

impl std::error::Error for NotASize {}

impl FromStr for Size {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Size, NotASize> {
        let text = text.trim();
        let is_number = |c: char| c.is_ascii_digit() || c == '.';
        let end = text.find(|c| !is_number(c)).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kib" => 1 << 10,
            "m" | "mib" => 1 << 20,
            "g" | "gib" => 1 << 30,
            "t" | "tib" => 1 << 40,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "tb" => 1_000_000_000_000,
            _ => return Err(NotASize),
        };
        if let Ok(whole) = number.parse::<u64>() {
            return whole.checked_mul(unit).map(Size).ok_or(NotASize);
        }
        let bytes = number.parse::<f64>().map_err(|_| NotASize)? * unit as f64;
        // A fraction of a byte, or more than a number with a fraction can hold, is a mistake.
        let fits = bytes.fract() == 0.0 && bytes < (1u64 << 53) as f64;
        fits.then_some(Size(bytes as u64)).ok_or(NotASize)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |(_, unit): &&(&str, u64)| self.0 != 0 && self.0.is_multiple_of(*unit);
        match BINARY.iter().find(whole) {
            Some((name, unit)) => write!(f, "{}{name}", self.0 / unit),
            None => write!(f, "{}", self.0),
        }
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Size, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = Size;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a size like `512`, `64k` or `10MiB`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Size, E> {
                text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Reader)
    }
}

impl JsonSchema for Size {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "x-size" })
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn units_and_bare_numbers() {
        let read = |text: &str| text.parse().ok().map(Size::bytes);
        assert_eq!(read("512"), Some(512));
        assert_eq!(read("64k"), Some(65_536));
        assert_eq!(read("64 KiB"), Some(65_536));
        assert_eq!(read("64kB"), Some(64_000));
        assert_eq!(read("1.5m"), Some(1_572_864));
        assert_eq!(read("18446744073709551615"), Some(u64::MAX));
        for wrong in
            ["", "k", "-1", "1.2.3", "0.3", "1 parsec", "18446744073709551616", "99999999t"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shown_as_it_can_be_read() {
        for bytes in [0, 1, 1_000, 1_024, 10 << 20, 3 << 40, u64::MAX] {
            let size = Size::from_bytes(bytes);
            assert_eq!(size.to_string().parse(), Ok(size));
        }
    }
}
