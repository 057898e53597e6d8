//! What a name resolves to, before anything is created.

use std::fmt;
use std::sync::Arc;

use super::conf::{Conf, Value};
use super::frame::Frame;
use super::trail::Trail;
use crate::problem::{Place, Problem};
use crate::registry::Group;

/// Positions in a [`Tree`].
pub(crate) type NodeId = usize;
pub(crate) type ConfId = usize;

/// The nodes of one resolution and their settings. Contexts may share settings, as they do in
/// PasteDeploy, where an update through one is seen through the other.
#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Option<Node>>,
    pub(crate) confs: Vec<Arc<Conf>>,
    pub(crate) root: NodeId,
    /// What works, but not as the text suggests.
    pub(crate) warnings: Vec<Problem>,
}

pub(crate) struct Node {
    pub(crate) shape: Shape,
    pub(crate) global: ConfId,
    pub(crate) local: ConfId,
    /// The section that was loaded: the outermost of a `use` chain.
    pub(crate) section: Option<(Arc<str>, Place)>,
    /// Packages that sections on the way `require`.
    pub(crate) requires: Vec<Require>,
}

pub(crate) struct Require {
    pub(crate) package: String,
    pub(crate) cited: Arc<Trail>,
}

pub(crate) enum Shape {
    Factory(Leaf),
    Pipeline { filters: Vec<NodeId>, app: NodeId },
    FilterApp { filter: NodeId, next: NodeId },
    FilteredWith { filter: NodeId, next: NodeId },
}

/// A factory that is called with settings.
pub(crate) struct Leaf {
    pub(crate) group: Group,
    pub(crate) protocol: Option<&'static str>,
    pub(crate) reference: FactoryReference,
    /// The file whose sections are meant by names that the factory asks for; none when no section
    /// uses it.
    pub(crate) frame: Option<Arc<Frame>>,
    /// The option that holds the reference; none when a caller gave it.
    pub(crate) cited: Option<Arc<Trail>>,
}

/// How a factory is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactoryReference {
    /// `egg:PACKAGE#NAME`
    Egg {
        /// The package, as written.
        package: String,
        /// The name, `main` when the file has none.
        name: String,
    },
    /// `call:MODULE:ATTR`
    Call {
        /// `MODULE:ATTR`
        spec: String,
    },
    /// The value of a `paste.*_factory` option.
    Import {
        /// `MODULE:ATTR`, as written.
        value: String,
    },
}

/// `egg:PACKAGE#NAME`, `call:MODULE:ATTR` or `import:MODULE:ATTR`.
impl fmt::Display for FactoryReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FactoryReference::Egg { package, name } => write!(f, "egg:{package}#{name}"),
            FactoryReference::Call { spec } => write!(f, "call:{spec}"),
            FactoryReference::Import { value } => write!(f, "import:{value}"),
        }
    }
}

impl Leaf {
    /// Its reference, masked when that came from the environment or a secret file.
    pub(crate) fn shown(&self) -> FactoryReference {
        if !self.cited.as_ref().is_some_and(|cited| cited.secret) {
            return self.reference.clone();
        }
        let mask = || Value::MASK.to_owned();
        match &self.reference {
            FactoryReference::Egg { .. } => FactoryReference::Egg { package: mask(), name: mask() },
            FactoryReference::Call { .. } => FactoryReference::Call { spec: mask() },
            FactoryReference::Import { .. } => FactoryReference::Import { value: mask() },
        }
    }

    /// Where its own look-ups go: `config:/path/to/file`; or `egg:PACKAGE` or `call:MODULE:ATTR`,
    /// where only URIs lead anywhere, when no section uses it.
    pub(crate) fn loader(&self) -> String {
        match (&self.frame, self.shown()) {
            (Some(frame), _) => format!("config:{}", frame.file.path),
            (None, FactoryReference::Egg { package, .. }) => format!("egg:{package}"),
            (None, FactoryReference::Call { spec: text }) => format!("call:{text}"),
            (None, FactoryReference::Import { value: text }) => format!("import:{text}"),
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

    pub(crate) fn add_conf(&mut self, conf: impl Into<Arc<Conf>>) -> ConfId {
        self.confs.push(conf.into());
        self.confs.len() - 1
    }

    /// A place for a node that is resolved later.
    pub(crate) fn reserve(&mut self) -> NodeId {
        self.nodes.push(None);
        self.nodes.len() - 1
    }

    pub(crate) fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(Some(node));
        self.nodes.len() - 1
    }

    /// Python's `dict.update` on shared settings; copies only when something changes.
    pub(crate) fn update(&mut self, id: ConfId, with: &Arc<Conf>) {
        let conf = &mut self.confs[id];
        if conf.is_empty() {
            *conf = Arc::clone(with);
            return;
        }
        for (name, value) in with.iter() {
            if conf.get(name).is_none_or(|known| known.text() != value.text()) {
                Arc::make_mut(conf).insert(Arc::clone(name), value.clone());
            }
        }
    }

    /// Gives `to` the `name` that `from` has, if it has one and it differs.
    pub(crate) fn pass_on(&mut self, name: &str, from: ConfId, to: ConfId) {
        let Some(value) = self.confs[from].get(name) else { return };
        if self.confs[to].text(name) != Some(value.text()) {
            let value = value.clone();
            Arc::make_mut(&mut self.confs[to]).insert(name, value);
        }
    }
}
