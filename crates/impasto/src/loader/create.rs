//! From a resolved tree to what runs.

use std::cell::RefCell;
use std::sync::Arc;

use super::composite::CompositeLoader;
use super::context::Context;
use super::tree::{FactoryReference, Leaf, Node, NodeId, Shape};
use crate::compose::{App, Filter, contain};
use crate::problem::{Code, Problem, Problems};
use crate::registry::{Made, Reference, Registry, Serve};
use crate::settings::Options;

impl Context {
    /// Creates the app.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the settings of everything it is made of, references that
    /// `registry` does not provide, and what factories refused.
    pub fn create_app(&self, registry: &'static Registry) -> Result<App, Problems> {
        let mut creator = Creator::new(self, registry);
        let app = creator.app(self.at);
        creator.finish(app)
    }

    /// Creates the filter.
    ///
    /// # Errors
    ///
    /// As [`create_app`](Context::create_app).
    pub fn create_filter(&self, registry: &'static Registry) -> Result<Filter, Problems> {
        let mut creator = Creator::new(self, registry);
        let filters = creator.filters(self.at);
        let filter = filters.map(|filters| match <[Filter; 1]>::try_from(filters) {
            Ok([filter]) => filter,
            Err(filters) => Filter::wrap(move |app| app.filtered(&filters)),
        });
        creator.finish(filter)
    }

    /// Creates the server.
    ///
    /// # Errors
    ///
    /// As [`create_app`](Context::create_app).
    pub fn create_server(&self, registry: &'static Registry) -> Result<Box<dyn Serve>, Problems> {
        let mut creator = Creator::new(self, registry);
        let server = match &self.node().shape {
            Shape::Factory(leaf) => match creator.make(self.node(), leaf) {
                Some(Made::Server(server)) => Some(server),
                _ => None,
            },
            _ => None,
        };
        creator.finish(server)
    }
}

struct Creator<'a> {
    context: &'a Context,
    registry: &'static Registry,
    problems: Vec<Problem>,
}

impl<'a> Creator<'a> {
    fn new(context: &'a Context, registry: &'static Registry) -> Creator<'a> {
        Creator { context, registry, problems: Vec::new() }
    }

    fn finish<T>(self, made: Option<T>) -> Result<T, Problems> {
        match made {
            Some(made) if self.problems.is_empty() => Ok(made),
            _ => Err(Problems(self.problems)),
        }
    }

    fn app(&mut self, id: NodeId) -> Option<App> {
        super::deep(|| {
            let node = self.context.tree.node(id);
            match &node.shape {
                Shape::Factory(leaf) => match self.make(node, leaf)? {
                    Made::App(app) => Some(app),
                    _ => None,
                },
                Shape::Pipeline { filters, app } => {
                    self.require(node);
                    let app = self.app(*app);
                    // All of them, whatever is wrong with the first: every problem is to be seen.
                    let made: Vec<_> = filters.iter().map(|filter| self.filters(*filter)).collect();
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
    fn filters(&mut self, id: NodeId) -> Option<Vec<Filter>> {
        super::deep(|| {
            let node = self.context.tree.node(id);
            match &node.shape {
                Shape::Factory(leaf) => match self.make(node, leaf)? {
                    Made::Filter(filter) => Some(vec![filter]),
                    _ => None,
                },
                Shape::FilteredWith { filter, next } => {
                    let outer = self.filters(*filter);
                    let inner = self.filters(*next);
                    Some([outer?, inner?].concat())
                }
                Shape::Pipeline { .. } | Shape::FilterApp { .. } => None,
            }
        })
    }

    fn make(&mut self, node: &Node, leaf: &Leaf) -> Option<Made> {
        self.require(node);
        let reference = leaf.reference.to_registry();
        let factory = match self.registry.find(leaf.group, &reference) {
            Ok(factory) => factory,
            Err(not_found) => {
                let problem = not_found.problem(&written(leaf)).cited_by(leaf.cited.as_ref());
                self.problems.push(problem);
                return None;
            }
        };
        let tree = &self.context.tree;
        let cited = leaf.cited.as_ref();
        let (section, place) = match &node.section {
            Some((section, place)) => (&**section, Some(place.clone())),
            None => (
                cited.map_or("", |cited| &*cited.section),
                cited.and_then(|cited| cited.place.clone()),
            ),
        };
        let options = Options {
            local: &tree.confs[node.local],
            global: &tree.confs[node.global],
            section,
            place: place.as_ref(),
        };
        let loader = CompositeLoader {
            load: Arc::clone(&self.context.load),
            registry: self.registry,
            frame: leaf.frame.clone(),
            global: Arc::clone(&tree.confs[node.global]),
            local: Arc::clone(&tree.confs[node.local]),
            cited: leaf.cited.clone(),
            problems: RefCell::default(),
        };
        let made = contain(|| factory.make(&options, &loader)).unwrap_or_else(|panic| {
            let at = panic.place.map(|place| format!(" at {place}")).unwrap_or_default();
            let message = format!("{} panicked{at}: {}", factory.name(), panic.message);
            let problem = Problem::error(Code::FactoryFailed, message);
            Err(problem.section(section).at(place.clone()).into())
        });
        self.problems.extend(loader.problems.into_inner());
        let trail = cited.and_then(|cited| cited.parent.as_ref());
        match made {
            Ok(made) => Some(made),
            Err(problems) => {
                let problems = problems.into_iter();
                self.problems.extend(problems.map(|problem| problem.needed_by(trail)));
                None
            }
        }
    }

    /// `require` names packages; here these are crates that must be linked.
    fn require(&mut self, node: &Node) {
        for required in &node.requires {
            let package = &required.package;
            if !self.registry.is_linked(package) {
                let message =
                    format!("the package `{package}` is required, and no such crate is linked");
                let problem = Problem::error(Code::MissingPackage, message);
                self.problems.push(problem.cited_by(Some(&required.cited)));
            }
        }
    }
}

/// The reference as a person finds it in the file.
fn written(leaf: &Leaf) -> String {
    let place = leaf.cited.as_ref().and_then(|cited| cited.place.as_ref());
    match place.map(|place| place.text()) {
        Some(text) if !text.is_empty() && !text.contains('%') => text.to_owned(),
        _ => match &leaf.reference {
            FactoryReference::Import { value } => value.clone(),
            other => other.to_string(),
        },
    }
}

impl FactoryReference {
    fn to_registry(&self) -> Reference<'_> {
        let (module, attr) = match self {
            FactoryReference::Egg { package, name } => {
                return Reference::Egg { package, name };
            }
            FactoryReference::Call { spec } => spec.split_once(':').unwrap_or((spec.as_str(), "")),
            FactoryReference::Import { value } => {
                let (module, attr) =
                    super::reference::split_entry_point(value).unwrap_or((value.as_str(), None));
                (module, attr.unwrap_or(""))
            }
        };
        Reference::Object { module, attr }
    }
}
