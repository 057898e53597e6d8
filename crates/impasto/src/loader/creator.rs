//! The parts of a tree, created one after the other.

use std::borrow::Cow;
use std::sync::Arc;

use super::broken::Broken;
use super::composite::CompositeLoader;
use super::context::Context;
use super::expand::cite;
use super::found::Found;
use super::observer::Observer;
use super::proven::Proven;
use super::tree::{Leaf, Node, NodeId, Shape};
use crate::compose::{App, Filter, contain};
use crate::problem::{Code, Problem, Problems};
use crate::registry::{Made, Registry};
use crate::settings::Options;

/// Creates a tree, and gathers what is wrong with it.
pub(super) struct Creator<'a> {
    context: &'a Context,
    registry: &'static Registry,
    observer: Option<&'a Arc<dyn Observer>>,
    /// What need not be made again, where nothing that is made is kept.
    proven: Option<&'a Proven>,
    problems: Vec<Problem>,
}

impl<'a> Creator<'a> {
    pub(super) fn new(
        context: &'a Context,
        registry: &'static Registry,
        observer: Option<&'a Arc<dyn Observer>>,
    ) -> Creator<'a> {
        Creator { context, registry, observer, proven: None, problems: Vec::new() }
    }

    /// One that looks whether all can be created.
    pub(super) fn checking(
        context: &'a Context,
        registry: &'static Registry,
        proven: &'a Proven,
    ) -> Creator<'a> {
        Creator { proven: Some(proven), ..Creator::new(context, registry, None) }
    }

    pub(super) fn finish<T>(self, made: Option<T>) -> Result<T, Problems> {
        match made {
            Some(made) if self.problems.is_empty() => Ok(made),
            _ => Err(self.problems()),
        }
    }

    /// Each once: what is wrong with a filter is so in every pipeline that names it.
    pub(super) fn problems(self) -> Problems {
        let mut found = Found::default();
        found.extend(self.problems);
        Problems(found.problems)
    }

    /// An app, with the filters around it.
    pub(super) fn app(&mut self, id: NodeId) -> Option<App> {
        super::deep(|| {
            let node = self.context.tree.node(id);
            match &node.shape {
                Shape::Factory(leaf) => match self.make(id, leaf)? {
                    Made::App(app) => Some(app),
                    _ => None,
                },
                Shape::Pipeline { filters, app } => {
                    self.require(node);
                    let app = self.app(*app);
                    // All of them, whatever is wrong with the first: every problem is to be seen.
                    let made: Vec<_> = filters.clone().map(|filter| self.filters(filter)).collect();
                    let filters: Option<Vec<_>> = made.into_iter().collect();
                    Some(app?.filtered(&filters?.concat()))
                }
                Shape::FilterApp { filter, next } | Shape::FilteredWith { filter, next } => {
                    self.require(node);
                    let next = self.app(*next);
                    let filters = self.filters(*filter);
                    Some(next?.filtered(&filters?))
                }
            }
        })
    }

    /// A filter, or a filter and what it is filtered with, outermost first.
    pub(super) fn filters(&mut self, id: NodeId) -> Option<Vec<Filter>> {
        let mut made = Vec::new();
        self.filters_into(id, &mut made).then_some(made)
    }

    /// Adds them to what was `made`, and tells whether all could be. One list for all of a chain, which may be long.
    fn filters_into(&mut self, id: NodeId, made: &mut Vec<Filter>) -> bool {
        super::deep(|| {
            let node = self.context.tree.node(id);
            match &node.shape {
                Shape::Factory(_)
                    if self.proven.is_some_and(|it| it.has(&self.context.tree, node)) =>
                {
                    self.require(node);
                    made.push(Filter::wrap(|app| app));
                    true
                }
                Shape::Factory(leaf) => match self.make(id, leaf) {
                    Some(Made::Filter(filter)) => {
                        self.proven.inspect(|proven| proven.note(&self.context.tree, node));
                        made.push(filter);
                        true
                    }
                    _ => false,
                },
                Shape::FilteredWith { filter, next } => {
                    let outer = self.filters_into(*filter, made);
                    self.filters_into(*next, made) && outer
                }
                Shape::Pipeline { .. } | Shape::FilterApp { .. } => false,
            }
        })
    }

    /// What a factory makes of its settings.
    pub(super) fn make(&mut self, id: NodeId, leaf: &Leaf) -> Option<Made> {
        let node = self.context.tree.node(id);
        self.require(node);
        let tree = &self.context.tree;
        let mut local = Cow::Borrowed(&tree.locals[node.local]);
        let reference = leaf.named.to_registry();
        let relayed = self.registry.relayed(leaf.group, &reference, &tree.locals[node.local]);
        let named = relayed.map_or(reference, |(_, named)| named);
        let factory = match self.registry.find(leaf.group, &named) {
            Ok(factory) => factory,
            Err(not_found) => {
                let mut cited = node.cited();
                let written = match relayed {
                    Some((option, named)) => {
                        cited = cited
                            .map(|cited| cite(&cited, &local, (option, 0), &named.to_string()));
                        named.to_string()
                    }
                    None => node.written(leaf),
                };
                self.problems.push(not_found.problem(&written).cited_by(cited.as_ref()));
                return None;
            }
        };
        if let Some((option, _)) = relayed {
            local.to_mut().remove(option);
        }
        let broken = Broken::of(&mut local, factory);
        let cited = if node.visit.is_none() { node.cited() } else { None };
        let (section, place) = match (&node.visit, &cited) {
            (Some(visit), _) => (visit.section().name(), Some(visit.section().place())),
            (None, Some(cited)) => (cited.section(), cited.place()),
            (None, None) => ("", None),
        };
        let options = Options {
            local: &local,
            global: &tree.globals[node.global],
            section,
            place: place.as_ref(),
        };
        let context = Context { at: id, ..self.context.clone() };
        let loader = CompositeLoader::new(context, self.registry, self.observer.cloned());
        let make = || contain(|| factory.make(&options, &loader));
        let made = self.context.load.reads.of(make).unwrap_or_else(|panic| {
            let at = panic.place.map(|place| format!(" at {place}")).unwrap_or_default();
            let message = format!("{} panicked{at}: {}", factory.name(), panic.message);
            let problem = Problem::error(Code::FactoryFailed, message);
            Err(problem.section(section).at(place.clone()).into())
        });
        let (context, problems) = loader.into_parts();
        self.problems.extend(problems);
        match made {
            Ok(made) => Some(match self.observer {
                Some(observer) => observer.seen(&context, made),
                None => made,
            }),
            Err(problems) => {
                let cited = node.cited();
                let trail = cited.as_ref().and_then(|cited| cited.visit.trail.as_ref());
                let is_so = |problem: &Problem| broken.as_ref().is_none_or(|it| it.leaves(problem));
                let problems = problems.into_iter().filter(is_so);
                self.problems.extend(problems.map(|problem| problem.needed_by(trail)));
                None
            }
        }
    }

    /// `require` names packages; here these are crates that must be linked.
    pub(super) fn require(&mut self, node: &Node) {
        for required in &node.requires {
            let package = &required.package;
            if !self.registry.is_linked(package) {
                let message =
                    format!("the package `{package}` is required, and no such crate is linked");
                let problem = Problem::error(Code::MissingPackage, message)
                    .help("link the crate into this program, or take its name out of `require`");
                self.problems.push(problem.cited_by(Some(&required.cited)));
            }
        }
    }
}
