//! Spans of time.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span of time: `30s`, `1m 30s`, `500ms`, `2h`, `1day`. A bare number is seconds, and may have a
/// fraction: `0.5`.
///
/// ```
/// use impasto::settings::Duration;
///
/// let wait: Duration = "1m 30s".parse()?;
/// assert_eq!(wait, "90".parse()?);
/// assert_eq!(wait.to_string(), "1m 30s");
/// assert_eq!(wait.get(), std::time::Duration::from_secs(90));
/// # Ok::<(), impasto::settings::NotADuration>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(std::time::Duration);

impl Duration {
    /// So many seconds.
    pub const fn from_secs(secs: u64) -> Duration {
        Duration(std::time::Duration::from_secs(secs))
    }

    /// So many milliseconds.
    pub const fn from_millis(millis: u64) -> Duration {
        Duration(std::time::Duration::from_millis(millis))
    }

    /// The span as the standard library has it.
    pub const fn get(self) -> std::time::Duration {
        self.0
    }

    /// Whether it is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl From<Duration> for std::time::Duration {
    fn from(duration: Duration) -> std::time::Duration {
        duration.0
    }
}

impl From<std::time::Duration> for Duration {
    fn from(duration: std::time::Duration) -> Duration {
        Duration(duration)
    }
}

/// A text is no [`Duration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADuration;

impl fmt::Display for NotADuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a duration like `30s`, `1m 30s` or `500ms`")
    }
}

impl std::error::Error for NotADuration {}

impl FromStr for Duration {
    type Err = NotADuration;

    fn from_str(text: &str) -> Result<Duration, NotADuration> {
        let text = text.trim();
        let is_bare = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let duration = match is_bare {
            true => {
                text.parse().ok().and_then(|secs| std::time::Duration::try_from_secs_f64(secs).ok())
            }
            false => humantime::parse_duration(text).ok(),
        };
        duration.map(Duration).ok_or(NotADuration)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.0).fmt(f)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = Duration;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration like `30s`, `1m 30s` or `500ms`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Duration, E> {
                text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Reader)
    }
}

impl JsonSchema for Duration {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "x-duration" })
    }
}

#[cfg(test)]
mod tests {
    use super::Duration;

    #[test]
    fn words_and_numbers() {
        let read = |text: &str| text.parse::<Duration>().ok().map(|it| it.get().as_millis());
        assert_eq!(read("30"), Some(30_000));
        assert_eq!(read(" 0.5 "), Some(500));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("500ms"), Some(500));
        assert_eq!(read("1m 30s"), Some(90_000));
        assert_eq!(read("1h30m"), Some(5_400_000));
        for wrong in ["", ".", "1.2.3", "-1", "30 parsecs", "1e9", "s", &"9".repeat(40)] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shown_as_it_can_be_read() {
        for millis in [0, 1, 500, 90_000, 86_400_000] {
            let duration = Duration::from_millis(millis);
            assert_eq!(duration.to_string().parse(), Ok(duration));
        }
    }
}
