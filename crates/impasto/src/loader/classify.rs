//! What a section that was read declares: a reference to follow, a factory, a pipeline or a
//! filter-app.

use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use super::conf::Conf;
use super::kind;
use super::level::Level;
use super::named::Named;
use super::reference::is_entry_point;
use super::resolve::{Resolver, Walk};
use super::tree::{ConfId, Leaf, Node, Require, Shape};
use super::value::Value;
use super::wanted::Name;
use crate::ini::{split, words};
use crate::problem::{Code, Problem};
use crate::registry::Group;

impl Resolver<'_> {
    /// Returns the node a section ends a chain with, or sets `walk` to what the section `use`s.
    pub(super) fn classify(
        &mut self,
        level: Level,
        walk: &mut Walk,
    ) -> Result<Option<Node>, Vec<Problem>> {
        let name = level.section().name();
        let node = if name.starts_with("filter-app:") {
            self.filter_app(&level)?
        } else if name.starts_with("pipeline:") {
            self.pipeline(&level)?
        } else if let Some(used) = self.take(level.local, "use") {
            let trail = level.cite("use", &used);
            walk.wanted.name = Name::cited(used.text(), &trail);
            walk.wanted.passed = Some(self.pass(&level));
            walk.wanted.trail = Some(trail);
            walk.levels.push(level);
            return Ok(None);
        } else {
            self.explicit(&level, level.visit.group)?
        };
        Ok(Some(self.finish(node, level)))
    }

    fn take(&mut self, id: ConfId, key: &str) -> Option<Value> {
        self.tree.locals[id].remove(key)
    }

    fn filter_app(&mut self, level: &Level) -> Result<Node, Vec<Problem>> {
        let Some(next) = self.take(level.local, "next") else {
            let problem = wrong(level, Code::MissingNext, "this filter-app lacks `next`")
                .help("name the app behind the filter: `next = APP`");
            return Err(vec![self.why_lacking(problem, level, "next")]);
        };
        let trail = level.cite("next", &next);
        let next = self.queue(level, Group::App, next.text(), trail);
        let filter = match self.take(level.local, "use") {
            Some(used) => {
                let trail = level.cite("use", &used);
                // What the filter gets is what the settings are now: a section that uses this one
                // changes those of the filter-app, and they reach nobody.
                let global = self.tree.add_global(Arc::clone(&self.tree.globals[level.global]));
                let local = self.tree.add_local(self.tree.locals[level.local].clone());
                let outer = Level {
                    visit: Arc::clone(&level.visit),
                    global,
                    local,
                    passed_on: level.global,
                    additions: level.additions.clone(),
                    filter_with: None,
                    requires: Vec::new(),
                };
                self.queue_below(vec![outer], level, Group::Filter, used.text(), trail)
            }
            None => {
                let mut node = self.explicit(level, Group::Filter)?;
                node.visit = Some(Arc::clone(&level.visit));
                self.tree.add(node)
            }
        };
        Ok(node(Shape::FilterApp { filter, next }, level))
    }

    fn pipeline(&mut self, level: &Level) -> Result<Node, Vec<Problem>> {
        let Some(pipeline) = self.take(level.local, "pipeline") else {
            let problem = wrong(level, Code::MissingPipeline, "this pipeline lacks `pipeline`")
                .help("name filters and, last, an app: `pipeline = FILTER APP`");
            return Err(vec![self.why_lacking(problem, level, "pipeline")]);
        };
        let extra = &self.tree.locals[level.local];
        if !extra.is_empty() {
            return Err(vec![extra_settings(level, extra)]);
        }
        let items: Vec<&str> = split(pipeline.text()).collect();
        let Some((app, filters)) = items.split_last() else {
            let problem = wrong(level, Code::EmptyPipeline, "this pipeline names no app");
            let problem = problem.at(pipeline.origin().value_place()).key("pipeline");
            return Err(vec![
                problem.help("name filters and, last, an app: `pipeline = FILTER APP`"),
            ]);
        };
        self.expect(items.len());
        let trail = level.cite("pipeline", &pipeline);
        let places: Vec<_> = words(trail.written()).collect();
        // Interpolation may have made other words than those that are written.
        let cite = |item: usize, text: &str| {
            let written = |word: &Range<usize>| trail.written().get(word.clone()) == Some(text);
            trail.clone().word(places.get(item).cloned().filter(written))
        };
        let app = self.queue(level, Group::App, app, cite(filters.len(), app));
        let mut queued = Vec::with_capacity(filters.len());
        for (item, filter) in filters.iter().enumerate() {
            queued.push(self.queue(level, Group::Filter, filter, cite(item, filter)));
        }
        Ok(node(Shape::Pipeline { filters: queued, app }, level))
    }

    /// A section with a `paste.*_factory` of its own.
    fn explicit(&mut self, level: &Level, group: Group) -> Result<Node, Vec<Problem>> {
        let local = &self.tree.locals[level.local];
        let mut given = SmallVec::<[&str; 2]>::new();
        for set in kind::protocols(group) {
            given.extend(set.iter().find(|protocol| local.contains(protocol)).copied());
        }
        let protocol = match given[..] {
            [protocol] => protocol,
            [] => return Err(vec![self.no_factory(level, group)]),
            [first, second, ..] => {
                let message = format!("this section has both `{first}` and `{second}`");
                let problem = wrong(level, Code::SeveralFactories, message);
                let place = local.get(second).and_then(|value| value.origin().key_place());
                let first_place = local.get(first).and_then(|value| value.origin().key_place());
                let problem = problem.at(place).key(second).help("keep one of the two");
                return Err(vec![match first_place {
                    Some(place) => problem.label(place, "the other one"),
                    None => problem,
                }]);
            }
        };
        let Some(value) = self.take(level.local, protocol) else { return Err(Vec::new()) };
        if !is_entry_point(value.text()) {
            let message = format!("`{}` is no reference to a factory", value.shown());
            let place = value.origin().value_place();
            let problem = wrong(level, Code::BadReference, message).at(place).key(protocol);
            return Err(vec![problem.help(format!("write `{protocol} = MODULE:ATTR`"))]);
        }
        let cited = Some(level.cite(protocol, &value));
        let leaf = Leaf { group, protocol: Some(protocol), named: Named::Import(value), cited };
        Ok(node(Shape::Factory(leaf), level))
    }
}

impl Resolver<'_> {
    fn no_factory(&self, level: &Level, group: Group) -> Problem {
        let protocol = kind::protocols(group)[0][0];
        let mut problem = wrong(level, Code::NoFactory, "this section does not say what makes it")
            .help(format!(
                "write `use = egg:PACKAGE#NAME`, the name of another section, or \
                 `{protocol} = MODULE:ATTR`"
            ));
        let section = level.section();
        let mut names = section.entries().map(|entry| entry.name());
        if let Some(name) = names.find(|name| name.starts_with("paste.")) {
            problem = problem.help(format!("`{name}` makes no {}", kind::noun(group)));
        }
        self.why_lacking(problem, level, "use")
    }

    /// Why a section that seems to have `key` does not: a default hides it, or it is misspelt.
    fn why_lacking(&self, problem: Problem, level: &Level, key: &str) -> Problem {
        let section = level.section();
        if section.entry(key).is_some() && level.visit.frame.is_default(key) {
            let by = self.tree.globals[level.global].get(key);
            let problem = problem
                .help(format!("its `{key}` is hidden by the one of [DEFAULT] or of the caller"));
            return match by.and_then(|by| by.origin().key_place()) {
                Some(place) => problem.label(place, "this one hides it"),
                None => problem,
            };
        }
        let mut names = section.entries().map(|entry| entry.name());
        match names.find(|name| crate::nearest(name, [key]).is_some()) {
            Some(name) => problem.help(format!("did you mean `{key}` instead of `{name}`?")),
            None => problem,
        }
    }
}

fn node(shape: Shape, level: &Level) -> Node {
    let (global, local) = (level.global, level.local);
    Node { shape, global, local, visit: None, requires: Vec::new() }
}

/// The packages of a `require`.
pub(super) fn requires(level: &Level, value: &Value) -> Vec<Require> {
    let trail = level.cite("require", value);
    let mut places = words(trail.written());
    let cite = |package: &str| Require {
        package: package.to_owned(),
        cited: trail.clone().word(places.next()),
    };
    split(value.text()).map(cite).collect()
}

fn wrong(level: &Level, code: Code, message: impl Into<String>) -> Problem {
    let section = level.section();
    Problem::error(code, message)
        .at(section.place())
        .section(section.name())
        .needed_by(level.visit.trail.as_ref())
}

fn extra_settings(level: &Level, extra: &Conf) -> Problem {
    let names: Vec<String> = extra.iter().map(|(name, _)| format!("`{name}`")).collect();
    let message = format!("a pipeline section may not have {}", names.join(", "));
    let first = extra.iter().next();
    let place = first.and_then(|(_, value)| value.origin().key_place());
    let key = first.map(|(name, _)| name.to_string()).unwrap_or_default();
    wrong(level, Code::ExtraSettings, message)
        .at(place.unwrap_or_else(|| level.section().place()))
        .key(key)
        .help("settings belong to the filters and the app; `set NAME` passes one on to all of them")
}
