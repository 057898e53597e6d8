//! What a name resolves to, before anything is created.

use std::ops::Range;
use std::sync::Arc;

use super::conf::Conf;
use super::frame::Frame;
use super::named::Named;
use super::trail::Trail;
use super::visit::Visited;
use crate::problem::Problem;
use crate::registry::Group;

/// Positions in a [`Tree`].
pub(crate) type NodeId = usize;
pub(crate) type ConfId = usize;

/// The nodes of one resolution and their settings. Contexts may share settings, as they do in
/// PasteDeploy, where an update through one is seen through the other.
#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Option<Node>>,
    /// Mostly the same ones: what a section changes is copied.
    pub(crate) globals: Vec<Arc<Conf>>,
    pub(crate) locals: Vec<Conf>,
    pub(crate) root: NodeId,
    /// What works, but not as the text suggests.
    pub(crate) warnings: Vec<Problem>,
}

pub(crate) struct Node {
    pub(crate) shape: Shape,
    pub(crate) global: ConfId,
    pub(crate) local: ConfId,
    /// The section that was loaded: the outermost of a `use` chain. None when a URI names a factory
    /// and no section uses that.
    pub(crate) visit: Option<Visited>,
    /// Packages that sections on the way `require`.
    pub(crate) requires: Vec<Require>,
}

pub(crate) struct Require {
    pub(crate) package: String,
    pub(crate) cited: Trail,
}

pub(crate) enum Shape {
    Factory(Leaf),
    Pipeline { filters: Range<NodeId>, app: NodeId },
    FilterApp { filter: NodeId, next: NodeId },
    FilteredWith { filter: NodeId, next: NodeId },
}

/// A factory that is called with settings.
pub(crate) struct Leaf {
    pub(crate) group: Group,
    pub(crate) protocol: Option<&'static str>,
    pub(crate) named: Named,
    pub(crate) cited: Cited,
}

/// The option that holds the reference to a factory.
pub(crate) enum Cited {
    /// None: a caller gave it.
    Nobody,
    /// Rare, and so not as large as a trail.
    By(Box<Trail>),
    /// The `paste.*_factory` of the node's own section.
    Itself,
}

impl Leaf {
    /// Whether its reference came from the environment or a secret file.
    pub(crate) fn is_secret(&self) -> bool {
        match (&self.cited, &self.named) {
            (Cited::By(cited), _) => cited.secret,
            (_, Named::Import(value)) => value.is_secret(),
            _ => false,
        }
    }

    /// The option that holds the reference, when that is the factory of section `visit`.
    fn cited_itself(&self, visit: Option<&Visited>) -> Option<Trail> {
        let Named::Import(value) = &self.named else { return None };
        Some(Trail::new(visit?.share(), self.protocol?, value))
    }
}

impl Node {
    /// The file whose sections are meant by names that the factory asks for.
    pub(crate) fn frame(&self) -> Option<&Arc<Frame>> {
        self.visit.as_ref().map(|visit| &visit.frame)
    }

    /// The option that holds the reference to the factory; none when a caller gave that, and of
    /// what is no factory.
    pub(crate) fn cited(&self) -> Option<Trail> {
        let Shape::Factory(leaf) = &self.shape else { return None };
        match &leaf.cited {
            Cited::Nobody => None,
            Cited::By(trail) => Some(Trail::clone(trail)),
            Cited::Itself => leaf.cited_itself(self.visit.as_ref()),
        }
    }

    /// Says which section was loaded: this one, or one that it used.
    pub(super) fn set_visit(&mut self, visit: Visited) {
        let used = self.visit.replace(visit);
        if let Shape::Factory(leaf) = &mut self.shape
            && matches!(leaf.cited, Cited::Itself)
            && let Some(trail) = leaf.cited_itself(used.as_ref())
        {
            leaf.cited = Cited::By(Box::new(trail));
        }
    }
}

impl Tree {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        match &self.nodes[id] {
            Some(node) => node,
            None => unreachable!("a tree is handed out only when every node was resolved"),
        }
    }

    pub(crate) fn add_global(&mut self, conf: Arc<Conf>) -> ConfId {
        self.globals.push(conf);
        self.globals.len() - 1
    }

    pub(crate) fn add_local(&mut self, conf: Conf) -> ConfId {
        self.locals.push(conf);
        self.locals.len() - 1
    }

    /// A place for a node that is resolved later.
    pub(crate) fn reserve(&mut self) -> NodeId {
        self.nodes.push(None);
        self.nodes.len() - 1
    }

    /// Places for so many nodes, with room for the settings of all that were promised.
    pub(crate) fn reserve_all(&mut self, count: usize) -> Range<NodeId> {
        let (start, end) = (self.nodes.len(), self.nodes.len() + count);
        self.nodes.resize_with(end, || None);
        self.globals.reserve(end.saturating_sub(self.globals.len()));
        self.locals.reserve(end.saturating_sub(self.locals.len()));
        start..end
    }

    pub(crate) fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(Some(node));
        self.nodes.len() - 1
    }

    /// Gives the globals `to` the `name` that `from` has, if it has one and it differs.
    pub(crate) fn pass_on(&mut self, name: &str, from: ConfId, to: ConfId) {
        let Some(value) = self.globals[from].get(name) else { return };
        if self.globals[to].text(name) != Some(value.text()) {
            let value = value.clone();
            Arc::make_mut(&mut self.globals[to]).insert(name, value);
        }
    }
}
