//! What a section that was read declares: a reference to follow, a factory, a pipeline or a
//! filter-app.

use std::sync::Arc;

use smallvec::SmallVec;

use super::conf::Conf;
use super::directives::{Directive, Directives};
use super::kind;
use super::level::Level;
use super::named::Named;
use super::reference::is_entry_point;
use super::resolve::Resolver;
use super::tree::{Cited, Leaf, Node, Require, Shape};
use super::value::Value;
use super::visit::Visited;
use super::wanted::Name;
use super::word::Word;
use super::work::Walk;
use crate::problem::{Code, Edit, Fix, Problem, certain, nearest};
use crate::registry::Group;

impl Resolver<'_> {
    /// Returns the node a section ends a chain with, or sets `walk` to what the section `use`s.
    pub(super) fn classify(
        &mut self,
        mut level: Level,
        walk: &mut Walk,
    ) -> Result<Option<Node>, Vec<Problem>> {
        let name = level.section().name();
        let node = if name.starts_with("filter-app:") {
            self.filter_app(&mut level)
        } else if name.starts_with("pipeline:") {
            self.pipeline(&mut level)
        } else if let Some(used) = level.take(Directive::Use) {
            let trail = level.cite("use", &used);
            walk.wanted.name = Name::cited(used.text(), &trail);
            walk.wanted.frame = Some(Arc::clone(&level.visit.frame));
            walk.wanted.passed = Some(self.pass(&level));
            walk.wanted.trail = Some(trail);
            walk.levels.push(level);
            return Ok(None);
        } else {
            self.explicit(&level, level.visit.group)
        };
        match node {
            Ok(node) => Ok(Some(self.finish(node, level))),
            Err(problems) => {
                self.look_beside(level);
                Err(problems)
            }
        }
    }

    fn filter_app(&mut self, level: &mut Level) -> Result<Node, Vec<Problem>> {
        let Some(next) = level.take(Directive::Next) else {
            let problem = wrong(level, Code::MissingNext, "this filter-app lacks `next`")
                .help("name the app behind the filter: `next = APP`");
            return Err(vec![self.why_lacking(problem, level, "next")]);
        };
        let trail = level.cite("next", &next);
        let next = self.queue(level, Group::App, Name::cited(next.text(), &trail), trail);
        let filter = match level.take(Directive::Use) {
            Some(used) => {
                let trail = level.cite("use", &used);
                // What the filter gets is what the settings are now: a section that uses this one
                // changes those of the filter-app, and they reach nobody.
                let global = self.tree.add_global(Arc::clone(&self.tree.globals[level.global]));
                let local = self.tree.add_local(self.tree.locals[level.local].clone());
                let outer = Level {
                    visit: Visited::Shared(level.visit.share()),
                    global,
                    local,
                    passed_on: level.global,
                    additions: level.additions.clone(),
                    directives: Directives::default(),
                    requires: Vec::new(),
                };
                let name = Name::cited(used.text(), &trail);
                self.queue_below(vec![outer], level, Group::Filter, name, trail)
            }
            None => {
                let mut node = self.explicit(level, Group::Filter)?;
                node.set_visit(Visited::Shared(level.visit.share()));
                self.tree.add(node)
            }
        };
        Ok(node(Shape::FilterApp { filter, next }, level))
    }

    fn pipeline(&mut self, level: &mut Level) -> Result<Node, Vec<Problem>> {
        let Some(pipeline) = level.take(Directive::Pipeline) else {
            let problem = wrong(level, Code::MissingPipeline, "this pipeline lacks `pipeline`")
                .help("name filters and, last, an app: `pipeline = FILTER APP`");
            return Err(vec![self.why_lacking(problem, level, "pipeline")]);
        };
        let extra = &self.tree.locals[level.local];
        if !extra.is_empty() {
            return Err(vec![extra_settings(level, extra)]);
        }
        let trail = level.cite("pipeline", &pipeline);
        let mut words = Word::all(&pipeline, &trail);
        let Some(app) = words.pop() else {
            let problem = wrong(level, Code::EmptyPipeline, "this pipeline names no app");
            let problem = problem.at(pipeline.origin().value_place()).key("pipeline");
            return Err(vec![
                problem.help("name filters and, last, an app: `pipeline = FILTER APP`"),
            ]);
        };
        let (name, cited) = app.cite(&trail);
        let app = self.queue(level, Group::App, name, cited);
        let filters = self.queue_filters(level, words, trail);
        Ok(node(Shape::Pipeline { filters, app }, level))
    }

    /// A section with a `paste.*_factory` of its own.
    fn explicit(&mut self, level: &Level, group: Group) -> Result<Node, Vec<Problem>> {
        let local = &self.tree.locals[level.local];
        let mut given = SmallVec::<[(&str, usize); 2]>::new();
        for set in kind::protocols(group) {
            let position = |protocol: &&'static str| Some((*protocol, local.position(protocol)?));
            given.extend(set.iter().find_map(position));
        }
        let (protocol, at) = match given[..] {
            [given] => given,
            [] => return Err(vec![self.no_factory(level, group)]),
            [(first, _), (second, _), ..] => {
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
        let value = self.tree.locals[level.local].remove_at(at);
        if !is_entry_point(value.text()) {
            let message = format!("`{}` is no reference to a factory", value.shown());
            let place = value.origin().value_place();
            let problem = wrong(level, Code::BadReference, message).at(place).key(protocol);
            return Err(vec![problem.help(format!("write `{protocol} = MODULE:ATTR`"))]);
        }
        let (protocol, named) = (Some(protocol), Named::Import(value));
        let leaf = Leaf { group, protocol, named, cited: Cited::Itself };
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
        if let bare @ ("pipeline" | "filter-app") = section.name() {
            problem = problem
                .help(format!("a [{bare}] without a name is no {bare}: write [{bare}:main]"));
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
        let mut near = section.entries().filter(|entry| nearest(entry.name(), [key]).is_some());
        let Some(entry) = near.next() else { return problem };
        let name = entry.name();
        let is_certain = near.next().is_none() && certain(name, [key]).is_some();
        let edit = is_certain.then(|| Edit { place: entry.key_place(), text: key.to_owned() });
        Problem { fix: Fix::Edits(edit.into_iter().collect()), ..problem }
            .help(format!("did you mean `{key}` instead of `{name}`?"))
    }
}

fn node(shape: Shape, level: &Level) -> Node {
    let (global, local) = (level.global, level.local);
    Node { shape, global, local, visit: None, requires: Vec::new() }
}

/// The packages of a `require`.
pub(super) fn requires(level: &Level, value: &Value) -> Vec<Require> {
    let trail = level.cite("require", value);
    let cite = |word: Word| {
        let (name, cited) = word.cite(&trail);
        Require { package: name.text(Some(&cited)).unwrap_or_default().to_owned(), cited }
    };
    Word::all(value, &trail).into_iter().map(cite).collect()
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
        .suggest(&key, ["filter-with", "require"])
        .key(key)
        .help("settings belong to the filters and the app; `set NAME` passes one on to all of them")
}
