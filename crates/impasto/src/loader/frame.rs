//! A file as one reference opens it: with the globals of whoever refers to it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::conf::Conf;
use super::files::File;
use super::origin::{Origin, Rule, command};
use super::scope::{Scope, given, raw};
use super::value::Value;
use crate::ini::interpolate::{Interpolated, Interpolator, Raw};
use crate::ini::{Entry, Section};
use crate::problem::Problem;
use crate::table::{Named, Table};

/// PasteDeploy's `ConfigLoader`: one file with its defaults completed.
pub(crate) struct Frame {
    pub(crate) file: Arc<File>,
    /// The name it was opened under.
    pub(crate) opened: String,
    /// `here`, `__file__`, the options of `[DEFAULT]`, and the caller's globals that the file does
    /// not have; raw.
    defaults: Table<Default>,
    /// Those of their names that begin with `set ` or `get `: they act on every section.
    commands: Vec<Arc<str>>,
    /// The same, interpolated among themselves: what every look-up in this file begins with.
    globals: OnceLock<Result<Arc<Conf>, Vec<Problem>>>,
    /// Globals passed in, and what they made of `globals`: siblings mostly pass the same.
    merged: Mutex<Vec<(Arc<Conf>, Arc<Conf>)>>,
}

pub(super) struct Default {
    pub(super) name: Arc<str>,
    pub(super) value: DefaultValue,
}

pub(super) enum DefaultValue {
    /// An option of `[DEFAULT]`, at this position.
    File(u32),
    /// What the loader or the caller provides.
    Given(Value),
}

impl Named for Default {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Frame {
    pub(crate) fn new(file: Arc<File>, opened: &str, passed: Option<&Conf>) -> Frame {
        let mut defaults = Table::default();
        for (name, text) in [("here", &file.here), ("__file__", &file.path)] {
            let value = DefaultValue::Given(Value::new(Arc::clone(text), Origin::loader()));
            defaults.insert(Default { name: name.into(), value });
        }
        for entry in file.document.defaults().entries() {
            let value = DefaultValue::File(entry.at());
            defaults.insert(Default { name: entry.name().into(), value });
        }
        for (name, value) in passed.into_iter().flat_map(Conf::iter) {
            if defaults.position(name).is_none() {
                let value = DefaultValue::Given(value.clone());
                defaults.insert(Default { name: name.into(), value });
            }
        }
        let names = defaults.iter().map(|default| &default.name);
        let commands = names.filter(|name| command(name).is_some()).cloned().collect();
        Frame {
            file,
            opened: opened.to_owned(),
            defaults,
            commands,
            globals: OnceLock::new(),
            merged: Mutex::default(),
        }
    }

    /// Whether an option of this name is a default here, and so hidden in every section.
    pub(crate) fn is_default(&self, name: &str) -> bool {
        self.defaults.position(name).is_some()
    }

    /// The options of `[DEFAULT]` and the caller that act on every section.
    pub(crate) fn commands(&self) -> &[Arc<str>] {
        &self.commands
    }

    /// The defaults, raw.
    pub(super) fn defaults(&self) -> impl Iterator<Item = &Default> {
        self.defaults.iter()
    }

    /// What a default came to, if they were ever asked for and none is wrong.
    pub(super) fn made(&self, name: &str) -> Option<&Value> {
        self.globals.get()?.as_ref().ok()?.get(name)
    }

    /// The defaults, interpolated among themselves. One bad value spoils them all, as in PasteDeploy.
    fn globals(&self, by: &mut Interpolator<'_>) -> Result<&Arc<Conf>, Vec<Problem>> {
        let made = self.globals.get_or_init(|| {
            let (conf, problems) = self.globals_partly(by);
            if problems.is_empty() { Ok(Arc::new(conf)) } else { Err(problems) }
        });
        made.as_ref().map_err(Vec::clone)
    }

    /// Those defaults that are not wrong, and what is wrong with the others.
    pub(super) fn globals_partly(&self, by: &mut Interpolator<'_>) -> (Conf, Vec<Problem>) {
        let mut conf = Conf::default();
        let mut problems = Vec::new();
        for Default { name, .. } in self.defaults.iter() {
            match self.read(None, name, by) {
                // PasteDeploy: `self.get('DEFAULT', key) or val`
                Ok(value) if value.text().is_empty() => {
                    conf.insert(name, self.raw_default(name).unwrap_or(value));
                }
                Ok(value) => conf.insert(name, value),
                Err(problem) => problems.push(problem),
            }
        }
        (conf, problems)
    }

    /// The globals a section begins with: the defaults, updated with what is passed in.
    pub(crate) fn globals_with(
        &self,
        passed: Option<&Arc<Conf>>,
        by: &mut Interpolator<'_>,
    ) -> Result<Arc<Conf>, Vec<Problem>> {
        let own = self.globals(by)?;
        let Some(passed) = passed.filter(|passed| !Arc::ptr_eq(passed, own)) else {
            return Ok(Arc::clone(own));
        };
        let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, result)) = merged.iter().find(|(known, _)| Arc::ptr_eq(known, passed)) {
            return Ok(Arc::clone(result));
        }
        let mut conf = Conf::clone(own);
        conf.update(passed);
        let result = if conf == **passed { Arc::clone(passed) } else { Arc::new(conf) };
        if merged.len() >= 8 {
            merged.remove(0);
        }
        merged.push((Arc::clone(passed), Arc::clone(&result)));
        Ok(result)
    }

    /// The value of an option of `section`, or of `[DEFAULT]` when there is none, interpolated.
    pub(crate) fn read(
        &self,
        section: Option<Section<'_>>,
        name: &str,
        by: &mut Interpolator<'_>,
    ) -> Result<Value, Problem> {
        if let Some(entry) = section.and_then(|section| section.entry(name)) {
            return self.read_entry(entry, by);
        }
        match self.default(name) {
            Some(DefaultValue::Given(value)) => {
                if !value.text().contains('%') {
                    return Ok(value.clone());
                }
                let done = self.interpolate(&given(value), section, name, by)?;
                Ok(Value::new(done.text, value.origin().clone()).secret(done.secret))
            }
            Some(DefaultValue::File(at)) => match self.file.document.defaults().entry_at(*at) {
                Some(entry) => self.value(Rule::Default, entry, section, by),
                None => Ok(Value::from("")),
            },
            None => Ok(Value::from("")),
        }
    }

    /// The value of an option that a section has.
    pub(crate) fn read_entry(
        &self,
        entry: Entry<'_>,
        by: &mut Interpolator<'_>,
    ) -> Result<Value, Problem> {
        self.value(Rule::Own, entry, Some(entry.section()), by)
    }

    /// The value of an option of a section that cannot be interpolated.
    pub(crate) fn broken(&self, entry: Entry<'_>) -> Value {
        Value::as_written(Origin::written(Rule::Own, &self.file.document, entry)).broken()
    }

    fn value(
        &self,
        rule: Rule,
        entry: Entry<'_>,
        read_for: Option<Section<'_>>,
        by: &mut Interpolator<'_>,
    ) -> Result<Value, Problem> {
        let origin = Origin::written(rule, &self.file.document, entry);
        if !entry.raw().contains('%') {
            return Ok(Value::as_written(origin));
        }
        let done = self.interpolate(&raw(entry), read_for, entry.name(), by)?;
        Ok(Value::new(done.text, origin).secret(done.secret))
    }

    fn interpolate(
        &self,
        raw: &Raw<'_>,
        section: Option<Section<'_>>,
        name: &str,
        by: &mut Interpolator<'_>,
    ) -> Result<Interpolated, Problem> {
        let scope = Scope { frame: self, section };
        by.interpolate(raw, &scope).map_err(|problem| {
            let read = section.map_or("DEFAULT", |section| section.name());
            let problem = problem.section(read).key(name);
            match raw.entry {
                Some(_) => problem,
                None => problem.help(format!("this is the caller's `{name}`, which no file says")),
            }
        })
    }

    fn raw_default(&self, name: &str) -> Option<Value> {
        match self.default(name)? {
            DefaultValue::Given(value) => Some(value.clone()),
            DefaultValue::File(at) => {
                let document = &self.file.document;
                let entry = document.defaults().entry_at(*at)?;
                Some(Value::as_written(Origin::written(Rule::Default, document, entry)))
            }
        }
    }

    /// What a default of this name is, raw.
    pub(super) fn default(&self, name: &str) -> Option<&DefaultValue> {
        self.defaults.get(name).map(|default| &default.value)
    }
}
