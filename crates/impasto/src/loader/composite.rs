//! What a composite loads its apps with.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::conf::Conf;
use super::context::Context;
use super::expand::cite;
use super::observer::Observer;
use super::resolve::resolve_partly;
use super::wanted::Wanted;
use crate::compose::{App, Filter, Response};
use crate::ini::split;
use crate::problem::Problems;
use crate::registry::{Group, Registry};

/// PasteDeploy's `loader` argument of a composite factory: finds apps and filters by the names that
/// the composite's options hold.
///
/// Names mean sections of the file whose section uses the composite, or are URIs.
pub struct CompositeLoader {
    /// The composite. Its file is the one that names are looked up in; there is none for one that is
    /// reached without a section.
    context: Context,
    registry: &'static Registry,
    /// Who is shown the parts.
    observer: Option<Arc<dyn Observer>>,
    /// Where names stand, once one was asked for: there may be thousands.
    holders: OnceCell<Holders>,
    /// What was wrong with the parts so far. The load fails when there is anything.
    problems: RefCell<Problems>,
}

impl CompositeLoader {
    pub(super) fn new(
        context: Context,
        registry: &'static Registry,
        observer: Option<Arc<dyn Observer>>,
    ) -> CompositeLoader {
        CompositeLoader {
            context,
            registry,
            observer,
            holders: OnceCell::new(),
            problems: RefCell::default(),
        }
    }

    /// One that finds nothing, for tests of factories.
    #[cfg(test)]
    pub(crate) fn empty(registry: &'static Registry) -> CompositeLoader {
        let context = Context::of_factory(Group::App, "a", "b", Conf::default());
        CompositeLoader::new(context, registry, None)
    }

    /// The composite, and what was wrong with its parts.
    pub(super) fn into_parts(self) -> (Context, Problems) {
        (self.context, self.problems.into_inner())
    }

    /// The app of this name, created with the composite's globals: Python's
    /// `loader.get_app(name, global_conf=global_conf)`.
    ///
    /// When the app cannot be created, the load of the composite fails with the problems of all its
    /// parts; so that all are found, the factory is given a stand-in here and goes on.
    pub fn app(&self, name: &str) -> App {
        self.load_app(name, Some(self.context.shared_globals()))
    }

    /// The filter of this name, created with the composite's globals. Fails as
    /// [`app`](CompositeLoader::app) does.
    pub fn filter(&self, name: &str) -> Filter {
        self.load_filter(name, Some(self.context.shared_globals()))
    }

    /// The app of this name, without the composite's globals: Python's `loader.get_app(name)`, which
    /// is what OpenStack's pipeline factories call.
    pub fn app_without_globals(&self, name: &str) -> App {
        self.load_app(name, None)
    }

    /// The filter of this name, without the composite's globals: Python's `loader.get_filter(name)`.
    pub fn filter_without_globals(&self, name: &str) -> Filter {
        self.load_filter(name, None)
    }

    fn load_app(&self, name: &str, passed: Option<Arc<Conf>>) -> App {
        let created = self
            .resolve(Group::App, name, passed)
            .and_then(|found| found.create_app_for(self.registry, self.observer.as_ref()));
        created.unwrap_or_else(|problems| {
            self.problems.borrow_mut().0.extend(problems);
            App::from_fn(stand_in)
        })
    }

    fn load_filter(&self, name: &str, passed: Option<Arc<Conf>>) -> Filter {
        let created = self
            .resolve(Group::Filter, name, passed)
            .and_then(|found| found.create_filter_for(self.registry, self.observer.as_ref()));
        created.unwrap_or_else(|problems| {
            self.problems.borrow_mut().0.extend(problems);
            Filter::wrap(|app| app)
        })
    }

    /// The option that holds this name, and which word of it that is.
    fn holding(&self, name: &str) -> Option<(&str, usize)> {
        let holders = self.holders.get_or_init(|| holders(self.context.local_conf()));
        holders.get(name).map(|(option, item)| (&**option, *item))
    }

    fn resolve(
        &self,
        group: Group,
        name: &str,
        passed: Option<Arc<Conf>>,
    ) -> Result<Context, Problems> {
        let (context, local) = (&self.context, self.context.local_conf());
        let trail = context.node().cited().map(|cited| match self.holding(name) {
            Some((key, item)) => cite(&cited, local, (key, item), name),
            None => cited,
        });
        context.load.limits.part(trail.as_ref())?;
        let frame = context.node().frame().cloned();
        let wanted = Wanted::new(group, Some(name), frame, passed, trail);
        let (tree, mut problems) =
            super::deep(|| resolve_partly(&context.load, wanted, &mut HashSet::default()));
        let found = Context::root(&context.load, tree);
        if problems.is_empty() {
            return Ok(found);
        }
        // The load fails, and what is wrong beside that is to be seen, too.
        problems.0.extend(found.problems_of_parts(self.registry));
        Err(problems)
    }
}

/// The option that holds each name, and which word of it that is. The first of several counts.
fn holders(local: &Conf) -> Holders {
    let mut holders = Holders::default();
    for (option, value) in local.iter() {
        let words = split(value.text()).enumerate();
        for (item, name) in std::iter::once((0, value.text())).chain(words) {
            holders.entry(name.into()).or_insert_with(|| (option.into(), item));
        }
    }
    holders
}

type Holders = HashMap<Box<str>, (Box<str>, usize)>;

/// In the place of an app that could not be created; the load fails before it is ever called.
async fn stand_in(_: &mut crate::compose::Exchange) -> Response {
    let mut response = Response::default();
    *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
    response
}
