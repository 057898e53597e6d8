//! What a name means, before anything is created.

use std::sync::Arc;

use super::changes::looks_secret;
use super::conf::Conf;
use super::named::{FactoryReference, Named};
use super::origin::Rule;
use super::resolve::Load;
use super::trail::Trail;
use super::tree::{Cited, Leaf, Node, NodeId, Shape, Tree};
use super::value::Value;
use super::visit::Visited;
use crate::problem::{Place, Problem};
use crate::registry::{Factory, Group, Registry};

/// A node of a resolved tree: PasteDeploy's `LoaderContext`. Cheap to clone.
///
/// Resolving has no side effect, and needs no factory to be linked; see [`Loader::context`](crate::Loader::context).
#[derive(Clone)]
pub struct Context {
    pub(super) load: Arc<Load>,
    pub(super) tree: Arc<Tree>,
    pub(super) at: NodeId,
}

/// What kind of node a [`Context`] is, with what is below it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Object {
    /// A factory that is called with the settings of the context.
    Factory {
        /// What it is looked up as.
        group: Group,
        /// `paste.app_factory` and so on; `None` for a `call:` that no section gives one.
        protocol: Option<&'static str>,
        /// Its name.
        reference: FactoryReference,
    },
    /// Filters around an app, the first outermost.
    Pipeline {
        /// The filters, in the order of the text.
        filters: Vec<Context>,
        /// The app, which is the last item of the text.
        app: Context,
    },
    /// A `filter-app` section: one filter around an app.
    FilterApp {
        /// The filter.
        filter: Context,
        /// The app named by `next`.
        next: Context,
    },
    /// An app or filter that says `filter-with`.
    FilteredWith {
        /// The filter that goes around.
        filter: Context,
        /// The app or filter itself.
        next: Context,
    },
}

impl Context {
    pub(super) fn root(load: &Arc<Load>, tree: Tree) -> Context {
        let at = tree.root;
        Context { load: Arc::clone(load), tree: Arc::new(tree), at }
    }

    /// The factory `egg:PACKAGE#NAME` with settings that no section has: what a program makes of its
    /// own accord, as a file would have it.
    ///
    /// ```
    /// use impasto::{Conf, Context, Group, Registry};
    ///
    /// let settings = Conf::from_iter([("path", "stderr")]);
    /// let context = Context::of_factory(Group::Filter, "impasto", "access_log", settings);
    /// // Nothing is linked into this example.
    /// let problems = context.create_filter(Registry::linked()).err().unwrap();
    /// assert!(problems.to_string().contains("nothing linked provides a filter `egg:impasto#access_log`"));
    /// ```
    pub fn of_factory(group: Group, package: &str, name: &str, settings: Conf) -> Context {
        let named = Named::Egg { package: package.into(), name: name.into() };
        let leaf = Leaf { group, protocol: None, named, cited: Cited::Nobody };
        let mut tree = Tree::default();
        let (global, local) = (tree.add_global(Arc::default()), tree.add_local(settings));
        let shape = Shape::Factory(leaf);
        tree.root = tree.add(Node { shape, global, local, visit: None, requires: Vec::new() });
        Context::root(&Arc::default(), tree)
    }

    /// What it is.
    pub fn object(&self) -> Object {
        let child = |id: NodeId| Context { at: id, ..self.clone() };
        match &self.node().shape {
            Shape::Factory(leaf) => Object::Factory {
                group: leaf.group,
                protocol: leaf.protocol,
                reference: leaf.shown(),
            },
            Shape::Pipeline { filters, app } => {
                Object::Pipeline { filters: filters.clone().map(child).collect(), app: child(*app) }
            }
            Shape::FilterApp { filter, next } => {
                Object::FilterApp { filter: child(*filter), next: child(*next) }
            }
            Shape::FilteredWith { filter, next } => {
                Object::FilteredWith { filter: child(*filter), next: child(*next) }
            }
        }
    }

    /// The globals it is created with.
    pub fn global_conf(&self) -> &Conf {
        &self.tree.globals[self.node().global]
    }

    /// Its own settings.
    pub fn local_conf(&self) -> &Conf {
        &self.tree.locals[self.node().local]
    }

    /// By which rule one of its settings or globals came to it: as its [origin](super::Origin) has it, but an
    /// option of a section that its own section `use`s is not its own.
    pub fn rule_of(&self, value: &Value) -> Rule {
        let is_own = |visit: &Visited| value.origin().is_in(visit.document(), visit.at);
        match value.origin().rule() {
            Rule::Own if !self.node().visit.as_ref().is_some_and(is_own) => Rule::Use,
            rule => rule,
        }
    }

    /// PasteDeploy's `appconfig`: the globals, updated with its own settings.
    pub fn config(&self) -> Conf {
        let mut config = self.global_conf().clone();
        config.update(self.local_conf());
        config
    }

    /// The section it was loaded from, as written between the brackets: the outermost of a `use`
    /// chain. `None` for a factory that a URI names directly.
    pub fn section(&self) -> Option<&str> {
        self.node().visit.as_ref().map(|visit| visit.section().name())
    }

    /// The name by which the file calls it: as in a pipeline, say.
    pub fn name(&self) -> String {
        let trail = self.trail();
        let written = trail.as_ref().map(Trail::written).unwrap_or_default();
        match self.section().and_then(|section| section.split_once(':')) {
            _ if !written.is_empty()
                && !written.contains(|c: char| c == '%' || c.is_whitespace()) =>
            {
                written.to_owned()
            }
            Some((_, name)) => name.trim().to_owned(),
            None => self.leaf().map(|leaf| leaf.shown().to_string()).unwrap_or_default(),
        }
    }

    /// Where the file names it; `None` when a caller did.
    pub fn named_at(&self) -> Option<Place> {
        self.trail()?.place()
    }

    /// The factory that makes it, where that is linked.
    pub fn factory(&self, registry: &Registry) -> Option<&'static Factory> {
        let leaf = self.leaf()?;
        let reference = leaf.named.to_registry();
        registry.look_up(leaf.group, &reference).or_else(|| {
            let (_, named) = registry.relayed(leaf.group, &reference, self.local_conf())?;
            registry.look_up(leaf.group, &named)
        })
    }

    /// Whether a value of an option of this name had better not be shown: its factory never shows it; or, where
    /// no setting that is linked has the name, it [looks like a secret](looks_secret).
    pub fn hides(&self, option: &str, value: &str) -> bool {
        let settings = self.factory(Registry::linked()).map(Factory::settings).unwrap_or_default();
        let known = settings.iter().find(|setting| setting.is_set_by(option));
        known.map_or_else(|| looks_secret(option, value), |setting| setting.secret)
    }

    /// Where that section is written.
    pub fn place(&self) -> Option<Place> {
        self.node().visit.as_ref().map(|visit| visit.section().place())
    }

    /// Options without effect that resolving came upon, anywhere in the tree.
    pub fn warnings(&self) -> &[Problem] {
        &self.tree.warnings
    }

    /// The reference that names it.
    pub(super) fn trail(&self) -> Option<Trail> {
        let node = self.node();
        match &node.visit {
            Some(visit) => visit.trail.clone(),
            None => node.cited(),
        }
    }

    pub(super) fn shared_globals(&self) -> Arc<Conf> {
        Arc::clone(&self.tree.globals[self.node().global])
    }

    pub(super) fn node(&self) -> &Node {
        self.tree.node(self.at)
    }

    pub(super) fn leaf(&self) -> Option<&Leaf> {
        match &self.node().shape {
            Shape::Factory(leaf) => Some(leaf),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("section", &self.section())
            .field("global_conf", self.global_conf())
            .field("local_conf", self.local_conf())
            .finish_non_exhaustive()
    }
}
