//! From what stopped serde to problems that people can mend.

use super::Options;
use super::attempt::{Attempt, Unknown};
use super::error::{Error, Fault};
use super::facts::{self, SettingFacts};
use super::known::Known;

use crate::loader::{Rule, Value};
use crate::problem::{Code, Problem, Problems};

/// More names than this are no help.
const NAMES: usize = 24;

/// Everything wrong with a section, in the order of the file.
pub(super) fn problems(attempt: &Attempt<'_>, faults: &[Error]) -> Problems {
    let report = Report { options: &attempt.options, known: attempt.known };
    let mut problems: Vec<Problem> = Vec::new();
    problems.extend(attempt.unknown.borrow().iter().map(|unknown| report.unknown(unknown)));
    let mut missing = report.required_but_missing();
    for error in faults {
        match (&error.fault, &error.key) {
            (Fault::Missing(field), prefix) => {
                let name = report.missing(prefix, field, attempt);
                missing.extend(name.filter(|name| !missing.contains(name)));
            }
            (_, Some(key)) => problems.push(report.wrong(key, error)),
            // What refuses the section as a whole may only have missed a part that is wrong itself.
            (_, None) => {}
        }
    }
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
    known: &'static Known,
}

impl Report<'_> {
    fn unknown(&self, unknown: &Unknown) -> Problem {
        let Unknown { key, prefix, known } = unknown;
        let problem = self.at_key(Code::UnknownSetting, key, format!("unknown setting `{key}`"));
        let name = key.strip_prefix(prefix.as_str()).unwrap_or(key);
        // The section has a `use` or the like, or nothing would have read it.
        let directives = if prefix.is_empty() { &["filter-with", "require"][..] } else { &[] };
        let candidates = || known.iter().chain(directives).copied();
        match crate::problem::nearest(name, candidates()) {
            Some(near) => {
                let is_certain = crate::problem::certain(name, candidates()).is_some();
                problem.meant(key, &format!("{prefix}{near}"), is_certain)
            }
            None if known.is_empty() => problem.help("it takes no settings"),
            None => {
                let own = self.own_names(prefix, known);
                problem.help(format!("the settings are {}", listed(own.iter().copied())))
            }
        }
    }

    /// Of the names that are `known` behind a prefix, those of the schema: not those that other software has, too.
    fn own_names(&self, prefix: &str, known: &[&'static str]) -> Vec<&'static str> {
        let is_own = |name: &&&str| {
            let rest = |fact: &SettingFacts| {
                let rest = fact.name.strip_prefix(prefix)?.strip_prefix(**name)?;
                Some(rest.is_empty() || rest.starts_with('.'))
            };
            self.known.facts().iter().any(|fact| rest(fact) == Some(true))
        };
        let own: Vec<_> = known.iter().filter(is_own).copied().collect();
        if own.is_empty() { known.to_vec() } else { own }
    }

    fn wrong(&self, key: &str, error: &Error) -> Problem {
        let value = self.options.value(key);
        let text = value.map(Value::text).unwrap_or_default();
        let is_secret = value.is_some_and(Value::is_secret) || self.holds_secret(key);
        let part = error.item.clone().and_then(|item| text.get(item));
        let subject = match part {
            Some(_) => format!("an item of `{key}`"),
            None => format!("`{key}`"),
        };
        let written = part.unwrap_or(text).trim();
        let problem = match &error.fault {
            Fault::Expected { what, words } => {
                let own = facts::own_words(self.known.schema.as_value(), words);
                let words = own.iter().flatten().copied();
                let what = match &own {
                    None => what.clone(),
                    Some(own) => format!("one of {}", listed(own.iter().copied())),
                };
                let message = format!("{subject} must be {what}");
                if written.is_empty() {
                    self.at_value(key, format!("{message}, and is empty"), error)
                } else if is_secret {
                    self.at_value(key, message, error)
                } else {
                    let message = format!("{message}, not `{}`", shortened(written));
                    self.at_value(key, message, error).suggest(written, words)
                }
            }
            Fault::Refused(_) if is_secret => {
                self.at_value(key, format!("{subject} is refused"), error)
            }
            Fault::Refused(why) => {
                let shown = format!("`{}`", shortened(written));
                let message = match why.contains(&shown) {
                    true => format!("{subject}: {why}"),
                    false => format!("{subject} cannot be {shown}: {why}"),
                };
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
                "it is a global ({}) that has the name of a setting; `set {key} = ...` gives this section another value",
                rule.as_str()
            )),
        }
    }

    fn not_a_table(&self, path: &str) -> Problem {
        let prefix = format!("{path}.");
        let keys = || self.options.local.iter().chain(self.options.global.iter());
        let key = keys().map(|(key, _)| key).find(|key| key.starts_with(&prefix));
        let key = key.unwrap_or(path);
        self.at_key(Code::UnknownSetting, key, format!("unknown setting `{key}`"))
            .help(format!("`{path}` is a single value: `{path} = VALUE`"))
    }

    fn duplicate(&self, key: &str) -> Problem {
        let given = |name: &&str| *name != key && self.options.value(name).is_some();
        let Some(other) = self.known.spellings.like(key).find(given) else {
            let message = format!("`{key}` is given both as a single value and as a table");
            return self.at_key(Code::DuplicateSetting, key, message).help("remove one of the two");
        };
        let message = format!("`{other}` and `{key}` are two names of one setting");
        let problem = self.at_key(Code::DuplicateSetting, key, message);
        let problem = problem.help("remove one of the two");
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
        let docs = self.known.schema.pointer(&format!("/properties/{name}/description"));
        match docs.and_then(|docs| docs.as_str()).map(first_sentence) {
            Some(first) => problem.help(format!("`{name}`: {first}")),
            None => problem,
        }
    }

    /// Whether the setting is a [`Secret`](super::Secret), or made of one.
    fn holds_secret(&self, key: &str) -> bool {
        let is_meant = |name: &str| self.known.spellings.like(key).any(|other| other == name);
        self.known.facts().iter().any(|fact| fact.secret && is_meant(&fact.name))
    }

    /// What the schema says must be there, and no spelling of it is.
    fn required_but_missing(&self) -> Vec<String> {
        let required = self.known.schema.get("required").and_then(|required| required.as_array());
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
            .known
            .spellings
            .like(&name)
            .any(|name| attempt.skipped.iter().any(|skipped| skipped == name));
        (!is_wrong).then_some(name)
    }

    fn is_given(&self, name: &str) -> bool {
        self.known.spellings.like(name).any(|name| {
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

fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = if names.len() > NAMES { ", ..." } else { "" };
    let shown: Vec<String> = names.take(NAMES).map(|name| format!("`{name}`")).collect();
    format!("{}{more}", shown.join(", "))
}

fn first_sentence(docs: &str) -> String {
    let lines = docs.lines().map(str::trim).take_while(|line| !line.is_empty());
    let paragraph = lines.collect::<Vec<_>>().join(" ");
    match paragraph.split_once(". ") {
        Some((first, _)) => first.to_owned(),
        None => paragraph.trim_end_matches('.').to_owned(),
    }
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
