//! From what stopped serde to problems that people can mend.

use schemars::Schema;

use super::Options;
use super::error::{Error, Fault};
use super::spellings::Spellings;
use super::table::{Attempt, Unknown};
use crate::loader::{Rule, Value};
use crate::problem::{Code, Place, Problem, Problems};

/// More names than this are no help.
const NAMES: usize = 24;

/// Everything wrong with a section, in the order of the file.
pub(super) fn problems(attempt: &Attempt<'_>, faults: &[Error], spellings: &Spellings) -> Problems {
    let schema = (attempt.schema)();
    let report = Report { options: &attempt.options, schema: &schema, spellings };
    let mut problems: Vec<Problem> = Vec::new();
    problems.extend(attempt.unknown.borrow().iter().map(|unknown| report.unknown(unknown)));
    let mut missing = report.required_but_missing();
    for error in faults {
        match (&error.fault, &error.key) {
            (Fault::Missing(field), prefix) => {
                missing.extend(report.missing(prefix, field, attempt))
            }
            (_, Some(key)) => problems.push(report.wrong(key, error)),
            // What refuses the section as a whole may only have missed a part that is wrong itself.
            (_, None) => {}
        }
    }
    missing.sort();
    missing.dedup();
    problems.extend(missing.iter().map(|name| report.missing_setting(name)));
    if problems.is_empty() {
        problems.extend(faults.iter().map(|error| report.refused_section(error)));
    }
    problems.sort_by_key(|problem| {
        problem.place.as_ref().map(|place| (place.file().to_owned(), place.span().start))
    });
    Problems(problems)
}

struct Report<'a> {
    options: &'a Options<'a>,
    schema: &'a Schema,
    spellings: &'a Spellings,
}

impl Report<'_> {
    fn unknown(&self, unknown: &Unknown) -> Problem {
        let Unknown { key, prefix, known } = unknown;
        let problem = self.at_key(Code::UnknownSetting, key, format!("unknown setting `{key}`"));
        let name = key.strip_prefix(prefix.as_str()).unwrap_or(key);
        match crate::problem::nearest(name, known.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{prefix}{near}`?")),
            None if known.is_empty() => problem.help("it takes no settings"),
            None => problem.help(format!("the settings are {}", listed(known))),
        }
    }

    fn wrong(&self, key: &str, error: &Error) -> Problem {
        let value = self.options.value(key);
        let text = value.map(Value::text).unwrap_or_default();
        let is_secret = value.is_some_and(Value::is_secret);
        let part = error.item.clone().and_then(|item| text.get(item));
        let subject = match part {
            Some(_) => format!("an item of `{key}`"),
            None => format!("`{key}`"),
        };
        let written = part.unwrap_or(text).trim();
        let problem = match &error.fault {
            Fault::Expected { what, words } => {
                let what = match words.is_empty() {
                    true => what.clone(),
                    false => format!("one of {}", listed(words)),
                };
                let but = match () {
                    () if written.is_empty() => ", and is empty".to_owned(),
                    () if is_secret => String::new(),
                    () => format!(", not `{}`", shortened(written)),
                };
                let problem = self.at_value(key, format!("{subject} must be {what}{but}"), error);
                match is_secret {
                    true => problem,
                    false => problem.suggest(written, words.iter().copied()),
                }
            }
            Fault::Refused(_) if is_secret => {
                self.at_value(key, format!("{subject} is refused"), error)
            }
            Fault::Refused(why) => {
                let message = format!("{subject} cannot be `{}`: {why}", shortened(written));
                self.at_value(key, message, error)
            }
            Fault::ATable => {
                let message = format!("{subject} is a table, not a single value");
                self.at_value(key, message, error)
                    .help(format!("a line for each of its values: `{key}.NAME = VALUE`"))
            }
            Fault::NotATable => return self.not_a_table(key),
            Fault::Duplicate => return self.duplicate(key),
            Fault::Missing(_) => self.at_value(key, format!("{subject} is incomplete"), error),
        };
        match value.map(|value| value.origin().rule()) {
            Some(Rule::Own) | None => problem,
            Some(rule) if self.options.local.contains(key) => {
                problem.help(format!("it comes from `{}`", rule.as_str()))
            }
            Some(rule) => problem.help(format!(
                "it is a global ({}) that has the name of a setting; give the section a `{key}` of its own",
                rule.as_str()
            )),
        }
    }

    fn not_a_table(&self, path: &str) -> Problem {
        let prefix = format!("{path}.");
        let keys = || self.options.local.iter().chain(self.options.global.iter());
        let key = keys().map(|(key, _)| &**key).find(|key| key.starts_with(&prefix));
        let key = key.unwrap_or(path);
        self.at_key(Code::UnknownSetting, key, format!("unknown setting `{key}`"))
            .help(format!("`{path}` is a single value: `{path} = VALUE`"))
    }

    fn duplicate(&self, key: &str) -> Problem {
        let given = |name: &&str| *name != key && self.options.value(name).is_some();
        let Some(other) = self.spellings.like(key).find(given) else {
            let message = format!("`{key}` is given both as a single value and as a table");
            return self.at_key(Code::DuplicateSetting, key, message);
        };
        let message = format!("`{other}` and `{key}` are two names of one setting");
        let problem = self.at_key(Code::DuplicateSetting, key, message);
        match self.options.value(other).and_then(|value| value.origin().key_place()) {
            Some(place) => problem.label(place, "given here already"),
            None => problem,
        }
    }

    fn missing_setting(&self, name: &str) -> Problem {
        let problem = Problem::error(Code::MissingSetting, format!("setting `{name}` is missing"))
            .at(self.options.place.cloned())
            .section(self.options.section)
            .key(name);
        let docs = self.schema.pointer(&format!("/properties/{name}/description"));
        match docs.and_then(|docs| docs.as_str()).and_then(|docs| docs.lines().next()) {
            Some(first) => problem.help(format!("`{name}`: {first}")),
            None => problem,
        }
    }

    /// What the schema says must be there, and no spelling of it is.
    fn required_but_missing(&self) -> Vec<String> {
        let required = self.schema.get("required").and_then(|required| required.as_array());
        let names = required.into_iter().flatten().filter_map(|name| name.as_str());
        names.filter(|name| !self.is_given(name)).map(str::to_owned).collect()
    }

    /// What serde says is missing, unless it is only wrong.
    fn missing(
        &self,
        prefix: &Option<String>,
        field: &str,
        attempt: &Attempt<'_>,
    ) -> Option<String> {
        let name = match prefix {
            Some(prefix) => format!("{prefix}.{field}"),
            None => field.to_owned(),
        };
        let is_wrong = self
            .spellings
            .like(&name)
            .any(|name| attempt.skipped.iter().any(|skipped| skipped == name));
        (!is_wrong).then_some(name)
    }

    fn is_given(&self, name: &str) -> bool {
        self.spellings.like(name).any(|name| {
            let mut keys = self.options.local.iter().chain(self.options.global.iter());
            keys.any(|(key, _)| {
                key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        })
    }

    fn refused_section(&self, error: &Error) -> Problem {
        let section = self.options.section;
        let problem = match &error.fault {
            Fault::Refused(why) => {
                Problem::error(Code::BadValue, self.options.scrubbed(why.clone()))
            }
            _ => Problem::error(Code::BadValue, format!("the settings {error}")),
        };
        problem.at(self.options.place.cloned()).section(section)
    }

    fn at_key(&self, code: Code, key: &str, message: String) -> Problem {
        let place = self.options.value(key).and_then(|value| value.origin().key_place());
        self.options.placed(Problem::error(code, message), key, place)
    }

    fn at_value(&self, key: &str, message: String, error: &Error) -> Problem {
        let value = self.options.value(key);
        let place = value.and_then(|value| {
            let place = value.origin().value_place()?;
            match &error.item {
                // What is written is only what is read where nothing was put into it.
                Some(item) if place.text() == value.text() => Some(place.narrow(item.clone())),
                _ => Some(place),
            }
        });
        self.options.placed(Problem::error(Code::BadValue, message), key, place)
    }
}

impl Options<'_> {
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
        secrets
            .filter(|secret| !secret.is_empty())
            .fold(text, |text, secret| text.replace(secret, Value::MASK))
    }
}

fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(NAMES).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > NAMES { ", ..." } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A value as it may stand in a sentence.
fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut shown: String = line.chars().take(60).filter(|c| !c.is_control()).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    shown
}
