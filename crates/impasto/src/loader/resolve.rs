//! From a name to a tree: PasteDeploy's `get_context`, without its recursion.
//!
//! One walk follows one chain of `use` from section to section until it meets a factory, a pipeline
//! or a filter-app, and then goes back along the chain, letting each section override what it used.
//! Whatever else the sections name (filters, next apps) is put on a list and walked in turn, so that
//! neither depth nor a cycle can exhaust the stack.

use foldhash::HashSet;

use super::conf::Conf;
use super::directives::Directive;
use super::files::Files;
use super::frames::Frames;
use super::level::Level;
use super::limits::{Limits, too_many};
use super::reads::Reads;
use super::trail::Trail;
use super::tree::{Node, NodeId, Shape, Tree};
use super::uri::Uri;
use super::value::Value;
use super::visit::{Visited, VisitedSection};
use super::wanted::{Name, Wanted};
use super::work::{Walk, Work};
use super::{inline_comment, kind};
use crate::ini::budget::Budget;
use crate::ini::external::Secrets;
use crate::ini::interpolate::Interpolator;
use crate::problem::{Problem, Problems};
use crate::registry::Group;

/// What resolutions of one load share.
#[derive(Default)]
pub(crate) struct Load {
    pub(crate) files: Files,
    pub(crate) frames: Frames,
    pub(crate) budget: Budget,
    pub(crate) secrets: Secrets,
    pub(crate) reads: Reads,
    pub(crate) limits: Limits,
}

/// Resolves `wanted` and everything it needs.
pub(crate) fn resolve(load: &Load, wanted: Wanted) -> Result<Tree, Problems> {
    match resolve_partly(load, wanted, &mut HashSet::default()) {
        (tree, problems) if problems.is_empty() => Ok(tree),
        (_, problems) => Err(problems),
    }
}

/// The same; where something is wrong, the tree has what could be resolved beside that. `visited` are the sections
/// that it came upon.
pub(super) fn resolve_partly(
    load: &Load,
    wanted: Wanted,
    visited: &mut HashSet<VisitedSection>,
) -> (Tree, Problems) {
    let mut resolver = Resolver {
        load,
        interpolator: Interpolator::new(&load.budget, &load.secrets),
        tree: Tree::default(),
        work: Work::default(),
        visited,
        repeated: 0,
        problems: Vec::new(),
    };
    let steps = wanted.trail.iter().flat_map(Trail::steps);
    resolver.visited.extend(steps.map(|step| step.visit.visited()));
    let into = resolver.tree.reserve();
    resolver.work.push(Walk { into, levels: Vec::new(), wanted });
    let limit = load.limits.repetitions();
    while let Some(mut walk) = resolver.work.next() {
        if resolver.repeated > limit {
            load.limits.note_excess();
            let problem = too_many().cited_by(walk.wanted.trail.as_ref());
            return (Tree::default(), problem.into());
        }
        resolver.walk(&mut walk);
    }
    (resolver.tree, Problems(inline_comment::gather(resolver.problems)))
}

pub(super) struct Resolver<'a> {
    pub(super) load: &'a Load,
    pub(super) interpolator: Interpolator<'a>,
    pub(super) tree: Tree,
    pub(super) work: Work,
    /// Sections that were come upon already: only those can close a circle.
    pub(super) visited: &'a mut HashSet<VisitedSection>,
    /// How often one was come upon again.
    pub(super) repeated: usize,
    pub(super) problems: Vec<Problem>,
}

impl Resolver<'_> {
    fn walk(&mut self, walk: &mut Walk) {
        loop {
            match self.step(walk) {
                Ok(None) => {}
                Ok(Some(mut node)) => {
                    for level in walk.levels.drain(..).rev() {
                        node = self.unwind(node, level);
                    }
                    self.tree.nodes[walk.into] = Some(node);
                    return;
                }
                Err(problems) => {
                    self.problems.extend(problems);
                    walk.levels.drain(..).rev().for_each(|level| self.look_beside(level));
                    return;
                }
            }
        }
    }

    /// Walks to the filter of a section that itself leads nowhere: what is wrong with that is to be seen, too.
    pub(super) fn look_beside(&mut self, mut level: Level) {
        if let Some(filter_with) = level.take(Directive::FilterWith) {
            self.filter_with(&level, &filter_with);
        }
    }

    fn filter_with(&mut self, level: &Level, filter_with: &Value) -> NodeId {
        let trail = level.cite("filter-with", filter_with);
        let name = Name::cited(filter_with.text(), &trail);
        self.queue(level, Group::Filter, name, trail)
    }

    /// Follows one reference; returns the node at the end of the chain.
    fn step(&mut self, walk: &mut Walk) -> Result<Option<Node>, Vec<Problem>> {
        if let Some(name) = walk.wanted.name().filter(|name| Uri::is_uri(name)) {
            let name = name.to_owned();
            return self.follow(walk, &name).map_err(|problems| {
                let cite = |problem: Problem| problem.cited_by(walk.wanted.trail.as_ref());
                // What is wrong with another file has its place there already.
                let cite_file = |problem: Problem| match problem.place {
                    Some(_) => problem.needed_by(walk.wanted.trail.as_ref()),
                    None => cite(problem),
                };
                problems.into_iter().map(cite_file).collect()
            });
        }
        let level = self.read(&mut walk.wanted)?;
        self.classify(level, walk)
    }

    /// Goes back from what a section used to the section, which overrides it and may wrap it.
    fn unwind(&mut self, mut node: Node, level: Level) -> Node {
        // Globals that are the section's own have its additions, and later ones perhaps.
        let shared = node.global == level.passed_on;
        if let Some(additions) = &level.additions
            && !shared
        {
            Conf::update_shared(&mut self.tree.globals[node.global], additions);
        }
        let local = std::mem::take(&mut self.tree.locals[level.local]);
        if !local.is_empty() {
            self.warn_of_lost(&node, &level, &local);
            self.tree.locals[node.local].update_differing(&local);
        }
        self.tree.locals[level.local] = local;
        if !shared {
            self.tree.pass_on("__file__", level.global, node.global);
        }
        if let Shape::Factory(leaf) = &mut node.shape {
            leaf.protocol.get_or_insert(kind::call_protocol(level.section().name()));
        }
        self.finish(node, level)
    }

    /// What every section does to what it resolved to: it lends its name, and may wrap it with a
    /// filter.
    pub(super) fn finish(&mut self, mut node: Node, mut level: Level) -> Node {
        node.requires.append(&mut level.requires);
        let Some(filter_with) = level.take(Directive::FilterWith) else {
            node.set_visit(level.visit);
            return node;
        };
        node.set_visit(Visited::Shared(level.visit.share()));
        let next = self.tree.add(node);
        let filter = self.filter_with(&level, &filter_with);
        Node {
            shape: Shape::FilteredWith { filter, next },
            global: level.global,
            local: level.local,
            visit: Some(level.visit),
            requires: Vec::new(),
        }
    }
}
