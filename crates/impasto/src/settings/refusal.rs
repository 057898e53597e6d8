//! What a factory says of a setting it cannot work with.

use std::fmt;

use serde::de::DeserializeOwned;

use super::{Options, Spellings};
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
}

impl SettingError {
    /// The value of the setting `key` is wrong, and why: words of which the setting is the subject
    /// ("must be ...", "is no ...", "cannot ..."), or a sentence of their own.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> SettingError {
        SettingError { key: key.into(), message: message.into(), help: None }
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

impl Options<'_> {
    /// The problems that a factory's error is: those it holds, when they are [`Problems`] from
    /// loading another part; one at its setting for a [`SettingError`]; else one at the section.
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
        let message = self.scrubbed(format!("{error:#}"));
        let Some(about) = error.chain().find_map(|cause| cause.downcast_ref::<SettingError>())
        else {
            let problem = Problem::error(Code::FactoryFailed, message);
            return problem.at(self.place.cloned()).section(self.section).into();
        };
        let mut names = spellings.like(&about.key);
        let written = names.find(|name| self.value(name).is_some()).unwrap_or(&about.key);
        let place = self.value(written).map(Value::origin).and_then(|origin| origin.value_place());
        let problem = self.placed(Problem::error(Code::BadValue, message), written, place);
        match &about.help {
            Some(help) => problem.help(self.scrubbed(help.clone())).into(),
            None => problem.into(),
        }
    }
}
