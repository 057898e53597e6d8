//! From a resolved tree to what runs.

use std::sync::Arc;

use super::context::Context;
use super::creator::Creator;
use super::observer::Observer;
use super::proven::Proven;
use super::tree::{Cited, Leaf, Node, Shape};
use crate::compose::{App, Filter};
use crate::problem::Problems;
use crate::registry::{Group, Made, Registry, Serve};

impl Context {
    /// Creates the app.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the settings of everything it is made of, references that
    /// `registry` does not provide, and what factories refused.
    pub fn create_app(&self, registry: &'static Registry) -> Result<App, Problems> {
        self.create_app_for(registry, None)
    }

    /// Creates the app as [`create_app`](Context::create_app) does, and shows `observer` everything it is made
    /// of: also what its composites load.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn create_app_observed(
        &self,
        registry: &'static Registry,
        observer: &Arc<dyn Observer>,
    ) -> Result<App, Problems> {
        self.create_app_for(registry, Some(observer))
    }

    pub(super) fn create_app_for(
        &self,
        registry: &'static Registry,
        observer: Option<&Arc<dyn Observer>>,
    ) -> Result<App, Problems> {
        let mut creator = Creator::new(self, registry, observer);
        let app = creator.app(self.at);
        creator.finish(app)
    }

    /// Creates the filter.
    ///
    /// # Errors
    ///
    /// As [`create_app`](Context::create_app).
    pub fn create_filter(&self, registry: &'static Registry) -> Result<Filter, Problems> {
        self.create_filter_for(registry, None)
    }

    pub(super) fn create_filter_for(
        &self,
        registry: &'static Registry,
        observer: Option<&Arc<dyn Observer>>,
    ) -> Result<Filter, Problems> {
        let mut creator = Creator::new(self, registry, observer);
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
        let mut creator = Creator::new(self, registry, None);
        let server = match &self.node().shape {
            Shape::Factory(leaf) => match creator.make(self.at, leaf) {
                Some(Made::Server(server)) => Some(server),
                _ => None,
            },
            _ => None,
        };
        creator.finish(server)
    }
}

impl Context {
    /// What keeps an app or a filter from being created; filters that are `proven` are not created again.
    pub(super) fn problems_of_all(
        &self,
        registry: &'static Registry,
        group: Group,
        proven: &Proven,
    ) -> Problems {
        let mut creator = Creator::checking(self, registry, proven);
        let created = match group {
            Group::App => creator.app(self.at).map(drop),
            Group::Filter => creator.filters(self.at).map(drop),
            Group::Server => return self.create_server(registry).err().unwrap_or_default(),
        };
        creator.finish(created).err().unwrap_or_default()
    }

    /// What is wrong with what there is of a tree that lacks parts.
    pub(super) fn problems_of_parts(&self, registry: &'static Registry) -> Problems {
        self.problems_of(registry, |_| true)
    }

    /// The same, of those parts alone that `section` itself is or names by their factories, and of those that have
    /// settings which [are broken](Value::is_broken): whoever looks at this section looks at the others, too.
    pub(super) fn problems_beside(&self, registry: &'static Registry, section: &str) -> Problems {
        self.problems_of(registry, |node| {
            let local = &self.tree.locals[node.local];
            let is_own = match (&node.visit, &node.shape) {
                (Some(visit), _) => visit.section().name() == section,
                (None, Shape::Factory(Leaf { cited: Cited::By(trail), .. })) => {
                    trail.section() == section
                }
                _ => false,
            };
            is_own || local.iter().any(|(_, value)| value.is_broken())
        })
    }

    fn problems_of(
        &self,
        registry: &'static Registry,
        is_wanted: impl Fn(&Node) -> bool,
    ) -> Problems {
        let mut creator = Creator::new(self, registry, None);
        for (id, node) in self.tree.nodes.iter().enumerate() {
            match node.as_ref().filter(|node| is_wanted(node)).map(|node| (&node.shape, node)) {
                Some((Shape::Factory(leaf), _)) => {
                    super::deep(|| creator.make(id, leaf));
                }
                Some((_, node)) => creator.require(node),
                None => {}
            }
        }
        creator.problems()
    }
}
