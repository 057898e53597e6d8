//! From the options of a section to the settings of a factory.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::attempt::Attempt;
use super::entries::Table;
use super::error::{Error, Fault};
use super::report;
use crate::loader::{Conf, Value};
use crate::problem::{Place, Problem, Problems};

/// A section with thousands of wrong options has one reason, not thousands.
const MANY: usize = 100;

/// The options that a factory is given, and where to point when one is missing.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The options of the section: `local_conf`.
    pub local: &'a Conf,
    /// What was in force around it: `global_conf`.
    pub global: &'a Conf,
    /// The section, as written between the brackets.
    pub section: &'a str,
    /// Where the section is written.
    pub place: Option<&'a Place>,
}

impl Options<'_> {
    /// Reads them as `S`: see [the rules](crate::settings).
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, in the order of the file.
    pub fn read<S: DeserializeOwned + JsonSchema + 'static>(&self) -> Result<S, Problems> {
        match self.read_nearly()? {
            (settings, wrong) if wrong.is_empty() => Ok(settings),
            (_, wrong) => Err(wrong),
        }
    }

    /// The same; where nothing is wrong but that numbers are beyond their bounds, the settings with the nearest within,
    /// and what is wrong. Who asks for these is to find what else is wrong, and not to use them.
    pub(crate) fn read_nearly<S: DeserializeOwned + JsonSchema + 'static>(
        &self,
    ) -> Result<(S, Problems), Problems> {
        let mut attempt = Attempt::first::<S>(*self);
        let mut faults = Vec::new();
        loop {
            attempt.unknown.borrow_mut().clear();
            attempt.beyond.borrow_mut().clear();
            match S::deserialize(Table::section(&attempt)) {
                Ok(settings) if faults.is_empty() && attempt.unknown.borrow().is_empty() => {
                    let beyond = attempt.beyond.take();
                    let wrong = match beyond.is_empty() {
                        true => Problems::default(),
                        false => report::problems(&attempt, &beyond),
                    };
                    return Ok((settings, wrong));
                }
                Ok(_) => break,
                Err(error) => {
                    if !self.learn(error, &mut attempt, &mut faults) {
                        break;
                    }
                }
            }
        }
        faults.append(&mut attempt.beyond.take());
        Err(report::problems(&attempt, &faults))
    }

    /// Takes from an error what makes another attempt get further. Says whether one would.
    fn learn(&self, error: Error, attempt: &mut Attempt<'_>, faults: &mut Vec<Error>) -> bool {
        let known = |key: &String| attempt.skipped.contains(key);
        let Some(key) = error.key.clone().filter(|key| !known(key)) else {
            faults.push(error);
            return false;
        };
        if error.may_be_none && !attempt.none.contains(&key) {
            attempt.none.push(key);
            return true;
        }
        let is_global = !self.local.contains(&key);
        let spellings = &attempt.known.spellings;
        let hides = || spellings.like(&key).any(|name| self.local.contains(name));
        let is_hidden = matches!(error.fault, Fault::Duplicate) && is_global && hides();
        if !is_hidden {
            faults.push(error);
        }
        attempt.skipped.push(key);
        faults.len() < MANY
    }

    /// The option that a factory sees under `key`.
    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        self.local.get(key).or_else(|| self.global.get(key))
    }

    /// Gives a problem the section its option stands in, and a place.
    pub(super) fn placed(&self, problem: Problem, key: &str, place: Option<Place>) -> Problem {
        let origin = self.value(key).map(Value::origin);
        let section = origin.and_then(|origin| origin.section()).unwrap_or(self.section);
        problem.at(place.or_else(|| self.place.cloned())).section(section).key(key)
    }

    /// A text of somebody else's, without the secrets it may repeat.
    pub(super) fn scrubbed(&self, text: String) -> String {
        let values = self.local.iter().chain(self.global.iter()).map(|(_, value)| value);
        let secrets = values.filter(|value| value.is_secret()).map(|value| value.text().trim());
        let mut secrets: Vec<_> = secrets.filter(|secret| !secret.is_empty()).collect();
        // A secret may hold another, which must not leave the rest of it bare.
        secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.into_iter().fold(text, |text, secret| text.replace(secret, Value::MASK))
    }
}
