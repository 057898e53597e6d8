//! From a name to a tree: PasteDeploy's `get_context`, without its recursion.
//!
//! One walk follows one chain of `use` from section to section until it meets a factory, a pipeline
//! or a filter-app, and then goes back along the chain, letting each section override what it used.
//! Whatever else the sections name (filters, next apps) is put on a list and walked in turn, so that
//! neither depth nor a cycle can exhaust the stack.

use std::ops::Range;
use std::sync::Arc;

use foldhash::HashSet;

use super::conf::Conf;
use super::directives::Directive;
use super::files::Files;
use super::frames::Frames;
use super::level::Level;
use super::limits::{Limits, too_many};
use super::named::Named;
use super::reads::Reads;
use super::section;
use super::trail::{self, Trail};
use super::tree::{Cited, Leaf, Node, NodeId, Shape, Tree};
use super::uri::{Uri, config_path};
use super::visit::{Visit, Visited, VisitedSection};
use super::wanted::{Name, Passed, Wanted};
use super::word::Word;
use super::work::{Filters, Walk, Work};
use super::{inline_comment, kind, missing, paths};
use crate::ini::budget::Budget;
use crate::ini::external::Secrets;
use crate::ini::interpolate::Interpolator;
use crate::problem::{Code, Problem, Problems};
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
    load: &'a Load,
    interpolator: Interpolator<'a>,
    pub(super) tree: Tree,
    work: Work,
    /// Sections that were come upon already: only those can close a circle.
    visited: &'a mut HashSet<VisitedSection>,
    /// How often one was come upon again.
    repeated: usize,
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
                Err(problems) => return self.problems.extend(problems),
            }
        }
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

    /// Follows a URI.
    fn follow(&mut self, walk: &mut Walk, text: &str) -> Result<Option<Node>, Vec<Problem>> {
        let wanted = &mut walk.wanted;
        let uri = Uri::parse(text).map_err(|problem| vec![problem])?;
        let (named, protocol) = match uri {
            Uri::Config { path, name } => {
                let opened = wanted.frame.as_ref().map_or("", |frame| &frame.opened);
                let path = config_path(&path, paths::dirname(opened)).map_err(|p| vec![p])?;
                let passed = wanted.passed.as_ref().map(|passed| &passed.conf);
                let frame = self.load.frames.open(&self.load.files, &path, passed);
                let frame = frame.map_err(|problems| problems.0)?;
                if let Some(lost) = &frame.file.lost {
                    let wrong = lost.lines.iter().cloned();
                    let trail = wanted.trail.as_ref();
                    self.problems.extend(wrong.map(|problem| problem.needed_by(trail)));
                }
                wanted.frame = Some(frame);
                wanted.name = Name::from(name.as_deref().unwrap_or("main"));
                return Ok(None);
            }
            Uri::Egg { package, name } => {
                let name = name.unwrap_or_else(|| "main".into());
                if Uri::is_uri(&name) {
                    wanted.frame = None;
                    wanted.name = Name::from(&*name);
                    return Ok(None);
                }
                let user = walk.levels.last().map(|level| level.section().name());
                let protocol = kind::egg_protocol(wanted.group, user);
                (Named::Egg { package: package.into(), name: name.into() }, Some(protocol))
            }
            Uri::Call { spec } => (Named::Call { spec: spec.into() }, None),
        };
        // The factory shares the globals of the section that names it.
        let global = match wanted.passed.take() {
            Some(Passed { id: Some(id), .. }) => id,
            Some(Passed { id: None, conf }) => self.tree.add_global(conf),
            None => self.tree.add_global(Arc::default()),
        };
        let local = self.tree.add_local(Conf::default());
        let cited = wanted.trail.take().map_or(Cited::Nobody, |trail| Cited::By(Box::new(trail)));
        let leaf = Leaf { group: wanted.group, protocol, named, cited };
        let shape = Shape::Factory(leaf);
        Ok(Some(Node { shape, global, local, visit: None, requires: Vec::new() }))
    }

    /// Finds the section that the name means, and reads it. Takes what it needs of `wanted`.
    fn read(&mut self, wanted: &mut Wanted) -> Result<Level, Vec<Problem>> {
        let (frame, group) = (wanted.frame.take(), wanted.group);
        let name = wanted.name();
        let Some(frame) = frame else {
            let name = name.unwrap_or("main");
            let message = format!("`{name}` is a name, and there is no file to look it up in");
            let problem = Problem::error(Code::MissingSection, message);
            return Err(vec![problem.cited_by(wanted.trail.as_ref())]);
        };
        let file = &frame.file;
        let at = match file.index.find(&file.document, group, name)[..] {
            [at] => at,
            [] => {
                let key = wanted.trail.as_ref().map(Trail::key);
                let problem = missing::missing(&frame, group, name, key, &self.load.budget);
                return Err(vec![problem.cited_by(wanted.trail.as_ref())]);
            }
            ref several => {
                let problem = missing::ambiguous(&frame, name, several);
                return Err(vec![problem.cited_by(wanted.trail.as_ref())]);
            }
        };
        let passed = wanted.passed.take().map(|passed| passed.conf);
        let visit = Visit::new(frame, at, group, passed, wanted.trail.take());
        self.enter(&visit)?;
        let reading = section::read(&visit, &mut self.interpolator).map_err(|found| {
            let trail = visit.trail.as_ref();
            found.into_iter().map(|problem| problem.needed_by(trail)).collect::<Vec<_>>()
        })?;
        let needed = |problem: Problem| problem.needed_by(visit.trail.as_ref());
        self.problems.extend(reading.wrong.into_iter().map(needed));
        self.warn_of_hidden(&visit, &reading.hidden);
        let referring = !reading.directives.is_empty();
        let global = self.tree.add_global(reading.global);
        let mut level = Level {
            visit: if referring { Visited::Shared(Arc::new(visit)) } else { Visited::Own(visit) },
            global,
            passed_on: global,
            local: self.tree.add_local(reading.local),
            additions: (!reading.additions.is_empty()).then(|| Arc::new(reading.additions)),
            directives: reading.directives,
            requires: Vec::new(),
        };
        if let Some(required) = level.take(Directive::Require) {
            level.requires = super::classify::requires(&level, &required);
        }
        Ok(level)
    }

    /// Sees that the way to a section is neither a circle nor too long.
    fn enter(&mut self, visit: &Visit) -> Result<(), Vec<Problem>> {
        let trail = visit.trail.as_ref();
        let again = !self.visited.insert(visit.visited());
        self.repeated += usize::from(again && Limits::counts(trail));
        if again && let Some(way) = trail::cycle(visit) {
            let message = format!("this leads back to where it came from: {way}");
            let problem = Problem::error(Code::Cycle, message)
                .help("one of these has to name another section, or a factory");
            return Err(vec![problem.cited_by(trail)]);
        }
        let limits = &self.load.limits;
        let is_long = trail::depth(trail) >= trail::MAX_DEPTH;
        if is_long {
            limits.note_deep(trail);
        }
        if is_long || (trail.is_none() && limits.is_deep(visit)) {
            let message = format!("references nest deeper than {}", trail::MAX_DEPTH);
            return Err(vec![Problem::error(Code::TooDeep, message).cited_by(trail)]);
        }
        Ok(())
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
        let trail = level.cite("filter-with", &filter_with);
        let name = Name::cited(filter_with.text(), &trail);
        let filter = self.queue(&level, Group::Filter, name, trail);
        Node {
            shape: Shape::FilteredWith { filter, next },
            global: level.global,
            local: level.local,
            visit: Some(level.visit),
            requires: Vec::new(),
        }
    }

    /// Puts a name that `level` refers to on the list.
    pub(super) fn queue(
        &mut self,
        level: &Level,
        group: Group,
        name: Name,
        trail: Trail,
    ) -> NodeId {
        self.queue_below(Vec::new(), level, group, name, trail)
    }

    /// The same, with sections whose settings override what the name leads to.
    pub(super) fn queue_below(
        &mut self,
        levels: Vec<Level>,
        level: &Level,
        group: Group,
        name: Name,
        trail: Trail,
    ) -> NodeId {
        let into = self.tree.reserve();
        let wanted = Wanted {
            group,
            name,
            frame: Some(Arc::clone(&level.visit.frame)),
            passed: Some(self.pass(level)),
            trail: Some(trail),
        };
        self.work.push(Walk { into, levels, wanted });
        into
    }

    /// Puts the filters of the pipeline `level` on the list, whose names are `words` of the value
    /// that `trail` ends with.
    pub(super) fn queue_filters(
        &mut self,
        level: &Level,
        words: Vec<Word>,
        trail: Trail,
    ) -> Range<NodeId> {
        let count = words.len();
        self.visited.reserve(count);
        let into = self.tree.reserve_all(count);
        let passed = self.pass(level);
        self.work.push_filters(Filters { into: into.start, words, passed, trail });
        into
    }

    pub(super) fn pass(&self, level: &Level) -> Passed {
        Passed { id: Some(level.global), conf: Arc::clone(&self.tree.globals[level.global]) }
    }
}
