//! One value of a section, whatever else is wrong with that.

use std::collections::HashSet;
use std::sync::Arc;

use super::conf::Conf;
use super::directives::Directive;
use super::frame::Frame;
use super::load::Loader;
use super::section::{Reading, read_partly};
use super::uri::{Uri, config_path};
use super::value::Value;
use super::visit::Visit;
use super::{origin, paths};
use crate::ini::interpolate::Interpolator;
use crate::problem::{Place, Problem};
use crate::registry::Group;

/// What a section sees under a name.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What it comes to.
    pub value: Value,
    /// Where the section has an option of this name that a global hides.
    pub hidden: Option<Place>,
}

impl Loader {
    /// What a section of the file sees as `key`, told from that section and those that it `use`s alone: its own
    /// setting or theirs, else a global. Also of a section that cannot be loaded because something else is wrong
    /// with it; `Ok(None)` where nobody says `key`, or there is no one such section.
    ///
    /// # Errors
    ///
    /// What is wrong with the value itself.
    pub fn value(&self, group: Group, name: &str, key: &str) -> Result<Option<Seen>, Problem> {
        let Some(frame) = &self.frame else { return Ok(None) };
        let at = self.position(frame, group, name);
        let visit =
            at.map(|at| Visit::new(Arc::clone(frame), at, group, self.passed.clone(), None));
        visit.map_or(Ok(None), |visit| self.find(visit, key))
    }

    /// What the globals of the file have as `key`: what the caller says, else what `[DEFAULT]` does.
    ///
    /// # Errors
    ///
    /// What is wrong with the value itself.
    pub fn default_value(&self, key: &str) -> Result<Option<Seen>, Problem> {
        let Some(frame) = &self.frame else { return Ok(None) };
        let mut by = Interpolator::new(&self.load.budget, &self.load.secrets);
        let (globals, problems) = globals(frame, self.passed.as_ref(), &mut by);
        let Some(value) = globals.get(key) else {
            return wrong(problems, key).map_or(Ok(None), Err);
        };
        let own = frame.file.document.defaults().entry(key).map(|entry| entry.key_place());
        let hidden = own.filter(|own| value.origin().key_place().as_ref() != Some(own));
        Ok(Some(Seen { value: value.clone(), hidden }))
    }

    fn position(&self, frame: &Frame, group: Group, name: &str) -> Option<u32> {
        match frame.file.index.find(&frame.file.document, group, Some(name))[..] {
            [at] => Some(at),
            _ => None,
        }
    }

    /// Goes along the chain of `use`, as far as that leads to sections.
    fn find(&self, mut visit: Visit, key: &str) -> Result<Option<Seen>, Problem> {
        let mut by = Interpolator::new(&self.load.budget, &self.load.secrets);
        let (mut added, mut global, mut hidden) = (None, None, None);
        let mut seen = HashSet::new();
        while seen.insert(visit.visited()) {
            let (globals, mut problems) = globals(&visit.frame, visit.passed.as_ref(), &mut by);
            let (mut reading, own) = read_partly(&visit, globals, &mut by);
            problems.extend(own.into_iter().chain(std::mem::take(&mut reading.wrong)));
            if let Some(value) = reading.local.get(key).filter(|value| !value.is_broken()) {
                return Ok(Some(Seen { value: value.clone(), hidden }));
            }
            if let Some(problem) = wrong(problems, key) {
                return Err(problem);
            }
            let mut all = reading.hidden.iter();
            hidden = hidden.or_else(|| all.find(|it| *it.name == *key).map(|it| it.place.clone()));
            added = added.or_else(|| reading.additions.get(key).cloned());
            global = added.clone().or_else(|| reading.global.get(key).cloned()).or(global);
            match self.used(&visit, &mut reading) {
                Some(used) => visit = used,
                None => break,
            }
        }
        Ok(global.map(|value| Seen { value, hidden }))
    }

    /// The section that another one `use`s.
    fn used(&self, visit: &Visit, reading: &mut Reading) -> Option<Visit> {
        let used = reading.directives.take(Directive::Use)?;
        let passed = Some(Arc::clone(&reading.global));
        let (frame, name) = match Uri::is_uri(used.text()) {
            false => (Arc::clone(&visit.frame), used.text().to_owned()),
            true => {
                let Ok(Uri::Config { path, name }) = Uri::parse(used.text()) else { return None };
                let path = config_path(&path, paths::dirname(&visit.frame.opened)).ok()?;
                let frame = self.load.frames.open(&self.load.files, &path, passed.as_ref()).ok()?;
                (frame, name.unwrap_or_else(|| "main".to_owned()))
            }
        };
        let at = self.position(&frame, visit.group, &name)?;
        Some(Visit::new(frame, at, visit.group, passed, None))
    }
}

/// The globals that a section begins with, as far as they are not wrong.
fn globals(
    frame: &Frame,
    passed: Option<&Arc<Conf>>,
    by: &mut Interpolator<'_>,
) -> (Arc<Conf>, Vec<Problem>) {
    frame.globals_with(passed, by).map(|globals| (globals, Vec::new())).unwrap_or_else(|_| {
        let (mut globals, problems) = frame.globals_partly(by);
        passed.into_iter().for_each(|passed| globals.update(passed));
        (Arc::new(globals), problems)
    })
}

/// What is wrong with this option, or with the `set` or `get` of this name.
fn wrong(problems: Vec<Problem>, key: &str) -> Option<Problem> {
    let name = |written: &str| origin::command(written).map_or(written, |(_, name)| name) == key;
    problems.into_iter().find(|problem| problem.key.as_deref().is_some_and(name))
}
