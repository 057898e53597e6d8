//! What a factory says of a setting it cannot work with.

use std::fmt;

use serde::de::DeserializeOwned;

use super::Options;
use super::spellings::Spellings;
use crate::loader::Value;
use crate::problem::{Code, Problem, Problems};

/// A factory's error about one of its settings. The factory says which and why; where it is written,
/// the loader knows.
///
/// ```
/// # fn f() -> anyhow::Result<()> {
/// use impasto::SettingError;
///
/// let root = "/no/such/directory";
/// std::fs::metadata(root).map_err(|error| SettingError::new("root", error.to_string()))?;
/// # Ok(())
/// # }
/// # f().unwrap_err().downcast_ref::<impasto::SettingError>().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct SettingError {
    key: String,
    message: String,
    help: Option<String>,
    /// Whether the name of the setting is wrong, and not its value.
    is_of_name: bool,
}

impl SettingError {
    /// The value of the setting `key` is wrong, and why: words of which the setting is the subject
    /// ("must be ...", "is no ...", "cannot ..."), or a sentence of their own.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> SettingError {
        SettingError { key: key.into(), message: message.into(), help: None, is_of_name: false }
    }

    /// It is the name of the setting that is wrong, as where an operator chooses names: that is what is
    /// shown then, in the place of the value.
    pub fn of_name(mut self) -> SettingError {
        self.is_of_name = true;
        self
    }

    /// Says what would be right.
    pub fn help(mut self, help: impl Into<String>) -> SettingError {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let continues =
            ["is ", "must ", "cannot "].iter().any(|verb| self.message.starts_with(verb));
        let colon = if continues { "" } else { ":" };
        write!(f, "`{}`{colon} {}", self.key, self.message)
    }
}

impl std::error::Error for SettingError {}

/// What a factory says of several settings at once, so that an operator is not told of one mistake after
/// the other.
///
/// ```
/// use impasto::{SettingError, SettingErrors};
///
/// fn port(text: &str) -> Result<u16, SettingError> {
///     text.parse().map_err(|_| SettingError::new(text, "is no port"))
/// }
///
/// let mut errors = SettingErrors::default();
/// let ports = ["80", "x", "443", "y"].map(|text| errors.check(port(text)));
/// assert_eq!(ports, [Some(80), None, Some(443), None]);
/// assert_eq!(errors.finish(ports).unwrap_err().to_string(), "`x` is no port; `y` is no port");
/// ```
#[derive(Clone, Debug, Default)]
pub struct SettingErrors(Vec<SettingError>);

impl SettingErrors {
    /// Keeps an error; another result goes on.
    pub fn check<T>(&mut self, result: Result<T, SettingError>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    /// This value, where no error was kept.
    ///
    /// # Errors
    ///
    /// All that were.
    pub fn finish<T>(self, value: T) -> Result<T, SettingErrors> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for SettingErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if at == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingErrors {}

impl Options<'_> {
    /// The problems that a factory's error is: those it holds, when they are [`Problems`] from
    /// loading another part; one at its setting for a [`SettingError`], and for each of
    /// [`SettingErrors`]; else one at the section.
    pub fn refused(&self, error: anyhow::Error) -> Problems {
        self.refused_under(error, &Spellings::default())
    }

    /// As [`refused`](Options::refused), where the setting may be written under another name of `S`.
    pub fn refused_by<S: DeserializeOwned>(&self, error: anyhow::Error) -> Problems {
        self.refused_under(error, &Spellings::of::<S>())
    }

    fn refused_under(&self, error: anyhow::Error, spellings: &Spellings) -> Problems {
        let error = match error.downcast::<Problems>() {
            Ok(problems) => return problems,
            Err(error) => error,
        };
        let error = match error.downcast::<SettingErrors>() {
            Ok(SettingErrors(errors)) => {
                let refused =
                    |error: &SettingError| self.about(error, error.to_string(), spellings);
                return Problems(errors.iter().map(refused).collect());
            }
            Err(error) => error,
        };
        let message = format!("{error:#}");
        let about = error.chain().find_map(|cause| cause.downcast_ref::<SettingError>());
        match about {
            Some(about) => self.about(about, message, spellings).into(),
            None => {
                let problem = Problem::error(Code::FactoryFailed, self.scrubbed(in_words(message)));
                problem.at(self.place.cloned()).section(self.section).into()
            }
        }
    }

    fn about(&self, about: &SettingError, message: String, spellings: &Spellings) -> Problem {
        let mut names = spellings.like(&about.key);
        let written = names.find(|name| self.value(name).is_some()).unwrap_or(&about.key);
        let place = self.value(written).map(Value::origin).and_then(|origin| {
            if about.is_of_name { origin.key_place() } else { origin.value_place() }
        });
        let problem = Problem::error(Code::BadValue, self.scrubbed(in_words(message)));
        let problem = self.placed(problem, written, place);
        match &about.help {
            Some(help) => problem.help(self.scrubbed(help.clone())),
            None => problem,
        }
    }
}

/// What the system says of a file, without the number of it.
fn in_words(mut message: String) -> String {
    while let Some(from) = message.find(" (os error ")
        && let Some(length) = message[from..].find(')')
    {
        message.replace_range(from..=from + length, "");
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_numbers_are_left_out() {
        let text = "a: No such file (os error 2); b: Denied (os error 13), or (os error";
        assert_eq!(in_words(text.to_owned()), "a: No such file; b: Denied, or (os error");
    }
}
