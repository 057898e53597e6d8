//! Statuses in settings: one, or all that begin with a digit.

use http::StatusCode;
use impasto::SettingError;

/// `404`, or `5xx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Statuses {
    One(u16),
    /// By the digit that they begin with.
    All(u16),
}

impl Statuses {
    /// What a setting names; `None` for no status from 200 to 599.
    pub(crate) fn named(text: &str) -> Option<Statuses> {
        let Some(digit) = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX")) else {
            let code = text.parse().ok().filter(|code| (200..600).contains(code));
            return code.map(Statuses::One);
        };
        digit.parse().ok().filter(|digit| (2..=5).contains(digit)).map(Statuses::All)
    }

    /// What is said of a setting that names none.
    pub(crate) fn error(key: &str, text: &str) -> SettingError {
        let message = format!("{text:?} is no status that can be changed");
        SettingError::new(key, message).help("write `404`, or `5xx` for all from 500 to 599")
    }

    pub(crate) fn have(self, status: StatusCode) -> bool {
        match self {
            Statuses::One(code) => status.as_u16() == code,
            Statuses::All(digit) => status.as_u16() / 100 == digit,
        }
    }
}
