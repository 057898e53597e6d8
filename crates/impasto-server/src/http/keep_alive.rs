//! `keep_alive`, which is a span of time to some and a switch to others.

use impasto::settings::Duration;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use std::borrow::Cow;

use super::Http;

/// Reads a duration, or a word: `true` is the default, `false` none at all.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    let is = |words: [&str; 3]| words.iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
    // `1` and `0` are spans, as everywhere.
    if is(["true", "yes", "on"]) {
        return Ok(Http::default().keep_alive);
    }
    if is(["false", "no", "off"]) {
        return Ok(Duration::from_secs(0));
    }
    let wrong =
        |_| D::Error::custom(format!("`{text}` is neither a duration nor `true` or `false`"));
    text.parse().map_err(wrong)
}
