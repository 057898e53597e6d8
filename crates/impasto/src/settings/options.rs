//! From the options of a section to the settings of a factory.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::error::{Error, Fault};
use super::report;
use super::spellings::Spellings;
use super::table::{Attempt, Table};
use crate::loader::Conf;
use crate::problem::{Place, Problems};

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
    pub fn read<S: DeserializeOwned + JsonSchema>(&self) -> Result<S, Problems> {
        let mut attempt = Attempt::new(*self, || schemars::schema_for!(S));
        let mut faults = Vec::new();
        loop {
            attempt.unknown.borrow_mut().clear();
            match S::deserialize(Table::section(&attempt)) {
                Ok(settings) if faults.is_empty() && attempt.unknown.borrow().is_empty() => {
                    return Ok(settings);
                }
                Ok(_) => break,
                Err(error) => {
                    if !self.learn(error, &mut attempt, &mut faults, Spellings::of::<S>) {
                        break;
                    }
                }
            }
        }
        Err(report::problems(&attempt, &faults, &Spellings::of::<S>()))
    }

    /// Takes from an error what makes another attempt get further. Says whether one would.
    fn learn(
        &self,
        error: Error,
        attempt: &mut Attempt<'_>,
        faults: &mut Vec<Error>,
        spellings: fn() -> Spellings,
    ) -> bool {
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
        let hides = || spellings().like(&key).any(|name| self.local.contains(name));
        let is_hidden = matches!(error.fault, Fault::Duplicate) && is_global && hides();
        if !is_hidden {
            faults.push(error);
        }
        attempt.skipped.push(key);
        faults.len() < MANY
    }
}
