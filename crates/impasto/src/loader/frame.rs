//! A file as one reference opens it: with the globals of whoever refers to it.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::conf::{Conf, Origin, Rule, Value, Written};
use super::files::File;
use crate::ini::interpolate::{Budget, Interpolated, Names, Raw, interpolate};
use crate::ini::{Entry, Section};
use crate::problem::Problem;

/// PasteDeploy's `ConfigLoader`: one file with its defaults completed.
pub(crate) struct Frame {
    pub(crate) file: Arc<File>,
    /// The name it was opened under.
    pub(crate) opened: String,
    /// `here`, `__file__`, the options of `[DEFAULT]`, and the caller's globals that the file does
    /// not have; raw.
    defaults: IndexMap<Arc<str>, DefaultEntry, RandomState>,
    /// The same, interpolated among themselves: what every look-up in this file begins with.
    globals: OnceLock<Result<Arc<Conf>, Vec<Problem>>>,
    /// Globals passed in, and what they made of `globals`: siblings mostly pass the same.
    merged: Mutex<Vec<(Arc<Conf>, Arc<Conf>)>>,
}

enum DefaultEntry {
    /// An option of `[DEFAULT]`, at this position.
    File(usize),
    /// What the loader or the caller provides.
    Given(Value),
}

impl Frame {
    pub(crate) fn new(file: Arc<File>, opened: &str, passed: Option<&Conf>) -> Frame {
        let mut defaults: IndexMap<Arc<str>, DefaultEntry, RandomState> = IndexMap::default();
        let given =
            |text: &Arc<str>| DefaultEntry::Given(Value::new(Arc::clone(text), Origin::loader()));
        defaults.insert("here".into(), given(&file.here));
        defaults.insert("__file__".into(), given(&file.path));
        for (at, (name, _)) in file.document.defaults().entries().enumerate() {
            defaults.insert(Arc::clone(name), DefaultEntry::File(at));
        }
        for (name, value) in passed.into_iter().flat_map(Conf::iter) {
            if !defaults.contains_key(name) {
                defaults.insert(Arc::clone(name), DefaultEntry::Given(value.clone()));
            }
        }
        let opened = opened.to_owned();
        Frame { file, opened, defaults, globals: OnceLock::new(), merged: Mutex::default() }
    }

    /// Whether an option of this name is a default here, and so hidden in every section.
    pub(crate) fn is_default(&self, name: &str) -> bool {
        self.defaults.contains_key(name)
    }

    /// The options of `[DEFAULT]` and the caller that begin with `set ` or `get `: they act on
    /// every section.
    pub(crate) fn commands(&self) -> impl Iterator<Item = &Arc<str>> {
        let names = self.defaults.keys();
        names.filter(|name| name.starts_with("set ") || name.starts_with("get "))
    }

    /// The defaults, interpolated among themselves. One bad value spoils them all, as in PasteDeploy.
    pub(crate) fn globals(&self, budget: &Budget) -> Result<Arc<Conf>, Vec<Problem>> {
        let made = self.globals.get_or_init(|| {
            let mut conf = Conf::default();
            let mut problems = Vec::new();
            for name in self.defaults.keys() {
                match self.read(None, name, budget) {
                    // PasteDeploy: `self.get('DEFAULT', key) or val`
                    Ok(value) if value.text().is_empty() => {
                        conf.insert(Arc::clone(name), self.raw_default(name).unwrap_or(value));
                    }
                    Ok(value) => conf.insert(Arc::clone(name), value),
                    Err(problem) => problems.push(problem),
                }
            }
            if problems.is_empty() { Ok(Arc::new(conf)) } else { Err(problems) }
        });
        made.clone()
    }

    /// The globals a section begins with: the defaults, updated with what is passed in.
    pub(crate) fn globals_with(
        &self,
        passed: Option<&Arc<Conf>>,
        budget: &Budget,
    ) -> Result<Arc<Conf>, Vec<Problem>> {
        let own = self.globals(budget)?;
        let Some(passed) = passed else { return Ok(own) };
        let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, result)) = merged.iter().find(|(known, _)| Arc::ptr_eq(known, passed)) {
            return Ok(Arc::clone(result));
        }
        let mut conf = Conf::clone(&own);
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
        section: Option<&Section>,
        name: &str,
        budget: &Budget,
    ) -> Result<Value, Problem> {
        if let Some(section) = section
            && let Some(entry) = section.entry(name)
        {
            return self.read_entry(section, name, entry, budget);
        }
        let value = match self.defaults.get(name) {
            Some(DefaultEntry::Given(value)) => {
                if !value.text().contains('%') {
                    return Ok(value.clone());
                }
                let done = self.interpolate(&given(value), section, name, budget)?;
                Value::new(done.text, value.origin().clone()).secret(done.secret)
            }
            Some(DefaultEntry::File(at)) => {
                let defaults = self.file.document.defaults();
                let Some((name, entry)) = defaults.entry_at(*at) else {
                    return Ok(Value::from(""));
                };
                return self.value(Rule::Default, defaults, section, name, entry, budget);
            }
            None => Value::from(""),
        };
        Ok(value)
    }

    /// The value of an option that is written in `section`.
    pub(crate) fn read_entry(
        &self,
        section: &Section,
        name: &str,
        entry: &Entry,
        budget: &Budget,
    ) -> Result<Value, Problem> {
        self.value(Rule::Own, section, Some(section), name, entry, budget)
    }

    fn value(
        &self,
        rule: Rule,
        written_in: &Section,
        read_for: Option<&Section>,
        name: &str,
        entry: &Entry,
        budget: &Budget,
    ) -> Result<Value, Problem> {
        let origin = self.origin(rule, written_in, entry);
        if !entry.raw().contains('%') {
            return Ok(if entry.is_as_written(self.file.document.source()) {
                Value::as_written(origin)
            } else {
                Value::new(entry.raw(), origin)
            });
        }
        let raw = self.raw(entry);
        let done = self.interpolate(&raw, read_for, name, budget)?;
        Ok(Value::new(done.text, origin).secret(done.secret))
    }

    fn interpolate(
        &self,
        raw: &Raw<'_>,
        section: Option<&Section>,
        name: &str,
        budget: &Budget,
    ) -> Result<Interpolated, Problem> {
        let scope = Scope { frame: self, section };
        interpolate(raw, &scope, budget).map_err(|problem| {
            let read = section.map_or("DEFAULT", |section| section.name());
            let problem = problem.section(read).key(name);
            match raw.place {
                Some(_) => problem,
                None => problem.help(format!("this is the caller's `{name}`, which no file says")),
            }
        })
    }

    fn raw_default(&self, name: &str) -> Option<Value> {
        match self.defaults.get(name)? {
            DefaultEntry::Given(value) => Some(value.clone()),
            DefaultEntry::File(at) => {
                let defaults = self.file.document.defaults();
                let (_, entry) = defaults.entry_at(*at)?;
                Some(Value::new(entry.raw(), self.origin(Rule::Default, defaults, entry)))
            }
        }
    }

    fn origin(&self, rule: Rule, section: &Section, entry: &Entry) -> Origin {
        let (key, value) = entry.spans();
        let source = Arc::clone(self.file.document.source());
        Origin::written(rule, section.name(), Written { source, key, value })
    }

    fn raw<'a>(&'a self, entry: &'a Entry) -> Raw<'a> {
        let place = entry.value_place(self.file.document.source());
        Raw { text: entry.raw(), literal: false, secret: false, place: Some(place) }
    }
}

/// A directory's name is no template, though PasteDeploy takes it for one and fails; nor is what
/// came from the environment.
fn given(value: &Value) -> Raw<'_> {
    let literal = value.is_secret() || value.origin().rule() == Rule::Loader;
    let place = value.origin().value_place();
    Raw { text: value.text(), literal, secret: value.is_secret(), place }
}

/// Names as a section sees them: its own options, then the defaults.
struct Scope<'a> {
    frame: &'a Frame,
    section: Option<&'a Section>,
}

impl Names for Scope<'_> {
    fn find(&self, name: &str) -> Option<Raw<'_>> {
        if let Some(entry) = self.section.and_then(|section| section.entry(name)) {
            return Some(self.frame.raw(entry));
        }
        match self.frame.defaults.get(name)? {
            DefaultEntry::File(at) => {
                let (_, entry) = self.frame.file.document.defaults().entry_at(*at)?;
                Some(self.frame.raw(entry))
            }
            DefaultEntry::Given(value) => Some(given(value)),
        }
    }

    fn all(&self) -> Vec<&str> {
        let own = self.section.into_iter().flat_map(|section| section.entries());
        let own = own.map(|(name, _)| &**name);
        own.chain(self.frame.defaults.keys().map(|name| &**name)).collect()
    }

    fn here(&self) -> &Path {
        Path::new(&*self.frame.file.here)
    }
}
