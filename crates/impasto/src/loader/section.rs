//! One section's configuration: what PasteDeploy's `get_context` reads before it looks at `use`.

use std::sync::Arc;

use super::conf::Conf;
use super::directives::{Directive, Directives};
use super::frame::Frame;
use super::origin::{Rule, command};
use super::value::Value;
use super::visit::Visit;
use crate::ini::interpolate::Interpolator;
use crate::ini::{Entry, Section};
use crate::problem::{Code, Place, Problem};
use crate::registry::Group;

/// The settings of a section as it is loaded.
pub(crate) struct Reading {
    pub(crate) global: Arc<Conf>,
    pub(crate) local: Conf,
    pub(super) directives: Directives,
    /// What `set` options added to `global`; they beat those of a section that is `use`d.
    pub(crate) additions: Conf,
    /// Options that a default of the same name hides, with what hides them.
    pub(crate) hidden: Vec<Hidden>,
    /// What is wrong with single settings, which [are broken](Value::is_broken) then.
    pub(crate) wrong: Vec<Problem>,
}

/// An option that has no effect, for a default has its name.
#[derive(Clone, Debug)]
pub(crate) struct Hidden {
    pub(crate) name: Arc<str>,
    /// Where it is written.
    pub(crate) place: Place,
    /// The value that counts instead.
    pub(crate) by: Value,
}

/// Reads a section with the globals of whoever refers to it. Single settings may still [be wrong](Reading::wrong).
pub(crate) fn read(visit: &Visit, by: &mut Interpolator<'_>) -> Result<Reading, Vec<Problem>> {
    let global = visit.frame.globals_with(visit.passed.as_ref(), by)?;
    let (reading, mut problems) = read_partly(visit, global, by);
    if problems.is_empty() {
        return Ok(reading);
    }
    problems.extend(reading.wrong);
    Err(problems)
}

/// What there is of a section that begins with these globals, and what is wrong with more than single settings.
pub(super) fn read_partly(
    visit: &Visit,
    global: Arc<Conf>,
    by: &mut Interpolator<'_>,
) -> (Reading, Vec<Problem>) {
    let (frame, section) = (&*visit.frame, visit.section());
    let mut reader = Reader {
        frame,
        section,
        name: section.name(),
        group: visit.group,
        by,
        reading: Reading {
            global,
            local: Conf::with_capacity(section.entries().len()),
            directives: Directives::default(),
            additions: Conf::default(),
            hidden: Vec::new(),
            wrong: Vec::new(),
        },
        gets: Vec::new(),
        problems: Vec::new(),
    };
    for entry in section.entries() {
        reader.option(entry.name(), Some(entry));
    }
    for name in frame.commands() {
        if section.entry(name).is_none() {
            reader.option(name, None);
        }
    }
    reader.get();
    (reader.reading, reader.problems)
}

struct Reader<'a, 'b> {
    frame: &'a Frame,
    section: Section<'a>,
    name: &'a str,
    group: Group,
    by: &'a mut Interpolator<'b>,
    reading: Reading,
    gets: Vec<(Arc<str>, Value)>,
    problems: Vec<Problem>,
}

impl Reader<'_, '_> {
    fn option(&mut self, name: &str, entry: Option<Entry<'_>>) {
        match command(name) {
            Some((Rule::Set, key)) => {
                let Some(value) = self.value(name, entry) else { return };
                let value = value.with_rule(Rule::Set);
                Arc::make_mut(&mut self.reading.global).insert(key, value.clone());
                self.reading.additions.insert(key, value);
            }
            Some((_, key)) => {
                let Some(value) = self.value(name, entry) else { return };
                self.gets.retain(|(known, _)| **known != *key);
                self.gets.push((key.into(), value));
            }
            // Not even interpolated: files rely on that.
            None if self.frame.is_default(name) => self.hide(name, entry),
            None => match (Directive::of(name, self.name, self.group), entry) {
                (Some(directive), _) => {
                    let Some(value) = self.value(name, entry) else { return };
                    self.reading.directives.put(directive, value);
                }
                (None, Some(entry)) if !name.starts_with("paste.") => self.setting(name, entry),
                (None, _) => {
                    let Some(value) = self.value(name, entry) else { return };
                    self.reading.local.push_written(name, value);
                }
            },
        }
    }

    /// A bad one does not keep what makes the section from being found: it may have more to say.
    fn setting(&mut self, name: &str, entry: Entry<'_>) {
        let value = self.frame.read_entry(entry, self.by).unwrap_or_else(|problem| {
            self.reading.wrong.push(problem);
            self.frame.broken(entry)
        });
        self.reading.local.push_written(name, value);
    }

    fn value(&mut self, name: &str, entry: Option<Entry<'_>>) -> Option<Value> {
        let value = match entry {
            Some(entry) => self.frame.read_entry(entry, self.by),
            None => self.frame.read(Some(self.section), name, self.by),
        };
        value.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn hide(&mut self, name: &str, entry: Option<Entry<'_>>) {
        let (Some(entry), Some(by)) = (entry, self.reading.global.get(name)) else { return };
        let hidden = Hidden { name: name.into(), place: entry.key_place(), by: by.clone() };
        self.reading.hidden.push(hidden);
    }

    /// `get local = global`, once every `set` has been seen.
    fn get(&mut self) {
        for (name, wanted) in std::mem::take(&mut self.gets) {
            let global = wanted.text();
            match self.reading.global.get(global) {
                Some(value) => {
                    let origin = wanted.origin().with_rule(Rule::Get);
                    let value = value.by(origin);
                    match Directive::of(&name, self.name, self.group) {
                        Some(directive) => self.reading.directives.put(directive, value),
                        None => self.reading.local.insert(&name, value),
                    }
                }
                None => {
                    let known = || self.reading.global.iter().map(|(name, _)| name).collect();
                    let known = self.by.budget.names(global, known).unwrap_or_default();
                    let shown = wanted.shown();
                    let message =
                        format!("`get {name}` names the global `{shown}`, which is not set");
                    let problem = Problem::error(Code::MissingGlobal, message)
                        .at(wanted.origin().value_place())
                        .section(self.section.name())
                        .key(format!("get {name}"))
                        .suggest(global, known)
                        .help("globals come from [DEFAULT], from `set` and from the caller");
                    self.problems.push(problem);
                }
            }
        }
    }
}
