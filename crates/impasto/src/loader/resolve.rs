//! From a name to a tree: PasteDeploy's `get_context`, without its recursion.
//!
//! One walk follows one chain of `use` from section to section until it meets a factory, a pipeline
//! or a filter-app, and then goes back along the chain, letting each section override what it used.
//! Whatever else the sections name (filters, next apps) is put on a list and walked in turn, so that
//! neither depth nor a cycle can exhaust the stack.

use std::sync::Arc;

use foldhash::HashSet;

use super::conf::Conf;
use super::files::Files;
use super::frame::Frame;
use super::frames::Frames;
use super::level::Level;
use super::limits::{Limits, too_many};
use super::section;
use super::trail::{self, Trail, Visit, VisitedSection};
use super::tree::{ConfId, FactoryReference, Leaf, Node, NodeId, Shape, Tree};
use super::uri::{Uri, config_path};
use super::{kind, paths};
use crate::ini::interpolate::Budget;
use crate::problem::{Code, Problem, Problems};
use crate::registry::Group;

/// What resolutions of one load share.
#[derive(Default)]
pub(crate) struct Load {
    pub(crate) files: Files,
    pub(crate) frames: Frames,
    pub(crate) budget: Budget,
    pub(crate) limits: Limits,
}

/// Something to be resolved.
pub(crate) struct Wanted {
    pub(crate) group: Group,
    /// A name or URI; none finds a bare section.
    pub(crate) name: Option<Arc<str>>,
    /// The file whose sections names mean.
    pub(crate) frame: Option<Arc<Frame>>,
    pub(crate) passed: Option<Arc<Conf>>,
    /// Who asks.
    pub(crate) trail: Option<Arc<Trail>>,
}

/// Resolves `wanted` and everything it needs.
pub(crate) fn resolve(load: &Load, wanted: Wanted) -> Result<Tree, Problems> {
    let mut resolver = Resolver {
        load,
        tree: Tree::default(),
        work: Vec::new(),
        visited: HashSet::default(),
        repeated: 0,
        problems: Vec::new(),
    };
    let steps = wanted.trail.iter().flat_map(Trail::steps);
    resolver.visited.extend(steps.map(|step| step.visit.section()));
    let passed = wanted.passed.clone().map(|conf| Passed { id: None, conf });
    let into = resolver.tree.reserve();
    resolver.work.push(Walk { into, levels: Vec::new(), passed, wanted });
    let limit = load.limits.repetitions();
    while let Some(walk) = resolver.work.pop() {
        if resolver.repeated > limit {
            load.limits.note_excess();
            return Err(too_many().cited_by(walk.wanted.trail.as_ref()).into());
        }
        resolver.walk(walk);
    }
    match resolver.problems.is_empty() {
        true => Ok(resolver.tree),
        false => Err(Problems(resolver.problems)),
    }
}

pub(super) struct Resolver<'a> {
    load: &'a Load,
    pub(super) tree: Tree,
    work: Vec<Walk>,
    /// Sections that were come upon already: only those can close a circle.
    visited: HashSet<VisitedSection>,
    /// How often one was come upon again.
    repeated: usize,
    pub(super) problems: Vec<Problem>,
}

/// A chain of `use` to be followed.
pub(super) struct Walk {
    /// Where the result goes.
    into: NodeId,
    /// Sections passed already, outermost first.
    pub(super) levels: Vec<Level>,
    pub(super) passed: Option<Passed>,
    pub(super) wanted: Wanted,
}

/// Globals that a reference passes on: the shared settings themselves, and what they held when the
/// reference was followed.
#[derive(Clone)]
pub(super) struct Passed {
    pub(super) id: Option<ConfId>,
    pub(super) conf: Arc<Conf>,
}

impl Resolver<'_> {
    fn walk(&mut self, mut walk: Walk) {
        let result = loop {
            match self.step(&mut walk) {
                Ok(Some(node)) => break Ok(node),
                Ok(None) => {}
                Err(problems) => break Err(problems),
            }
        };
        match result {
            Ok(node) => {
                let node = self.unwind(node, walk.levels);
                self.tree.nodes[walk.into] = Some(node);
            }
            Err(problems) => self.problems.extend(problems),
        }
    }

    /// Follows one reference; returns the node at the end of the chain.
    fn step(&mut self, walk: &mut Walk) -> Result<Option<Node>, Vec<Problem>> {
        if let Some(name) = walk.wanted.name.clone()
            && Uri::is_uri(&name)
        {
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
        let level = self.read(walk)?;
        self.classify(level, walk)
    }

    /// Follows a URI.
    fn follow(&mut self, walk: &mut Walk, text: &str) -> Result<Option<Node>, Vec<Problem>> {
        let wanted = &mut walk.wanted;
        let uri = Uri::parse(text).map_err(|problem| vec![problem])?;
        let (reference, protocol) = match uri {
            Uri::Config { path, name } => {
                let opened = wanted.frame.as_ref().map_or("", |frame| &frame.opened);
                let path = config_path(&path, paths::dirname(opened)).map_err(|p| vec![p])?;
                let passed = walk.passed.as_ref().map(|passed| &passed.conf);
                let frame = self.load.frames.open(&self.load.files, &path, passed);
                wanted.frame = Some(frame.map_err(|problems| problems.0)?);
                wanted.name = Some(name.as_deref().unwrap_or("main").into());
                return Ok(None);
            }
            Uri::Egg { package, name } => {
                let name = name.unwrap_or_else(|| "main".into());
                if Uri::is_uri(&name) {
                    wanted.frame = None;
                    wanted.name = Some(name.into());
                    return Ok(None);
                }
                let protocol = kind::egg_protocol(
                    wanted.group,
                    walk.levels.last().map(|level| &**level.section().name()),
                );
                (FactoryReference::Egg { package, name }, Some(protocol))
            }
            Uri::Call { spec } => (FactoryReference::Call { spec }, None),
        };
        // The factory shares the globals of the section that names it.
        let global = match &walk.passed {
            Some(Passed { id: Some(id), .. }) => *id,
            Some(Passed { id: None, conf }) => self.tree.add_conf(Arc::clone(conf)),
            None => self.tree.add_conf(Conf::default()),
        };
        let local = self.tree.add_conf(Conf::default());
        let cited = wanted.trail.clone();
        let leaf = Leaf { group: wanted.group, protocol, reference, frame: None, cited };
        let shape = Shape::Factory(leaf);
        Ok(Some(Node { shape, global, local, section: None, requires: Vec::new() }))
    }

    /// Finds the section that the name means, and reads it.
    fn read(&mut self, walk: &Walk) -> Result<Level, Vec<Problem>> {
        let Wanted { group, name, frame, trail, .. } = &walk.wanted;
        let (group, trail) = (*group, trail.as_ref());
        let Some(frame) = frame else {
            let name = name.as_deref().unwrap_or("main");
            let message = format!("`{name}` is a name, and there is no file to look it up in");
            return Err(vec![Problem::error(Code::MissingSection, message).cited_by(trail)]);
        };
        let file = &frame.file;
        let at = match file.index.find(&file.document, group, name.as_deref())[..] {
            [at] => at,
            [] => {
                let key = trail.map(|trail| &*trail.key);
                let problem = kind::missing(frame, group, name.as_deref(), key);
                return Err(vec![problem.cited_by(trail)]);
            }
            ref several => {
                return Err(vec![kind::ambiguous(frame, name.as_deref(), several).cited_by(trail)]);
            }
        };
        let section = file.document.section_at(at);
        let passed = walk.passed.as_ref().map(|passed| &passed.conf);
        let visit = Visit { file: Arc::clone(file), section: at, group, passed: passed.cloned() };
        let again = !self.visited.insert(visit.section());
        self.repeated += usize::from(again && Limits::counts(trail));
        if again && let Some(way) = trail::cycle(trail, &visit) {
            let message = format!("this leads back to where it came from: {way}");
            return Err(vec![Problem::error(Code::Cycle, message).cited_by(trail)]);
        }
        if trail::depth(trail) >= trail::MAX_DEPTH {
            let message = format!("references nest deeper than {}", trail::MAX_DEPTH);
            return Err(vec![Problem::error(Code::TooDeep, message).cited_by(trail)]);
        }
        let reading =
            section::read(frame, section, passed, &self.load.budget).map_err(|found| {
                found.into_iter().map(|problem| problem.needed_by(trail)).collect::<Vec<_>>()
            })?;
        self.warn_of_hidden(section, &reading.hidden, trail);
        let mut local = reading.local;
        let filter_with = match group {
            Group::App | Group::Filter => local.remove("filter-with"),
            Group::Server => None,
        };
        let required = local.remove("require");
        let global = self.tree.add_conf(reading.global);
        let mut level = Level {
            frame: Arc::clone(frame),
            section: at,
            group,
            visit,
            trail: trail.cloned(),
            global,
            passed_on: global,
            local: self.tree.add_conf(local),
            additions: (!reading.additions.is_empty()).then(|| Arc::new(reading.additions)),
            filter_with,
            requires: Vec::new(),
        };
        if let Some(required) = required {
            level.requires = super::classify::requires(&level, &required);
        }
        Ok(level)
    }

    /// Goes back along a chain of `use`: each section overrides what it used, and may wrap it.
    fn unwind(&mut self, mut node: Node, levels: Vec<Level>) -> Node {
        for level in levels.into_iter().rev() {
            // Globals that are the section's own have its additions, and later ones perhaps.
            let shared = node.global == level.passed_on;
            if let Some(additions) = &level.additions
                && !shared
            {
                self.tree.update(node.global, additions);
            }
            let local = Arc::clone(&self.tree.confs[level.local]);
            if !local.is_empty() {
                self.warn_of_lost(&node, &level, &local);
                self.tree.update(node.local, &local);
            }
            if !shared {
                self.tree.pass_on("__file__", level.global, node.global);
            }
            if let Shape::Factory(leaf) = &mut node.shape {
                leaf.frame = Some(Arc::clone(&level.frame));
                leaf.protocol.get_or_insert(kind::call_protocol(level.section().name()));
            }
            node = self.finish(node, level);
        }
        node
    }

    /// What every section does to what it resolved to: it lends its name, and may wrap it with a
    /// filter.
    pub(super) fn finish(&mut self, mut node: Node, mut level: Level) -> Node {
        let section = level.section();
        let named = (Arc::clone(section.name()), section.place().clone());
        node.requires.append(&mut level.requires);
        node.section = Some(named.clone());
        let Some(filter_with) = level.filter_with.take() else { return node };
        let next = self.tree.add(node);
        let trail = level.cite("filter-with", &filter_with);
        let filter = self.queue(&level, Group::Filter, filter_with.text(), trail);
        Node {
            shape: Shape::FilteredWith { filter, next },
            global: level.global,
            local: level.local,
            section: Some(named),
            requires: Vec::new(),
        }
    }

    /// Puts a name that `level` refers to on the list.
    pub(super) fn queue(
        &mut self,
        level: &Level,
        group: Group,
        name: &str,
        trail: Arc<Trail>,
    ) -> NodeId {
        self.queue_below(Vec::new(), level, group, name, trail)
    }

    /// The same, with sections whose settings override what the name leads to.
    pub(super) fn queue_below(
        &mut self,
        levels: Vec<Level>,
        level: &Level,
        group: Group,
        name: &str,
        trail: Arc<Trail>,
    ) -> NodeId {
        let into = self.tree.reserve();
        let passed = self.pass(level);
        let wanted = Wanted {
            group,
            name: Some(name.into()),
            frame: Some(Arc::clone(&level.frame)),
            passed: Some(Arc::clone(&passed.conf)),
            trail: Some(trail),
        };
        self.work.push(Walk { into, levels, passed: Some(passed), wanted });
        into
    }

    pub(super) fn pass(&self, level: &Level) -> Passed {
        Passed { id: Some(level.global), conf: Arc::clone(&self.tree.confs[level.global]) }
    }
}
