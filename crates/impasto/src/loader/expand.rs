//! What the well-known composites of PasteDeploy's world would load, told from their names.

use std::sync::Arc;

use super::conf::Conf;
use super::context::Context;
use super::resolve::resolve;
use super::trail::Trail;
use super::value::Value;
use super::wanted::Wanted;
use crate::ini::{split, word_place};
use crate::problem::Problems;
use crate::registry::Group;

/// What lies below a composite.
pub enum Children {
    /// Apps among which requests choose: what each option names, or each word of a split's `apps`.
    Mounts(Vec<(String, Result<Context, Problems>)>),
    /// An OpenStack pipeline factory: the pipelines among which a setting chooses.
    Pipelines(Vec<(String, Pipeline)>),
}

/// A pipeline that a factory would build.
pub struct Pipeline {
    /// The filters, outermost first.
    pub filters: Vec<Result<Context, Problems>>,
    /// The app.
    pub app: Result<Context, Problems>,
}

/// A composite whose meaning is known by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Composite {
    /// Apps by path and host: `…#urlmap`, `paste.urlmap:urlmap_factory`.
    UrlMap,
    /// The same, and by the version that a request asks for: every other `…urlmap_factory`, because
    /// OpenStack's services have copies of nova's.
    VersionedUrlMap,
    /// One app after the other: `…#cascade`.
    Cascade,
    /// One of several pipelines: `…:pipeline_factory…`, `…:auth_pipeline_factory…`.
    PipelineFactory,
    /// Apps by host: `egg:impasto#host`.
    Hosts,
    /// Apps by what a request is like: `egg:impasto#match`.
    Match,
    /// Apps by weight: `egg:impasto#split`.
    Split,
}

impl Composite {
    /// The one that a reference to a factory means, if its meaning is known.
    pub fn named(reference: &str) -> Option<Composite> {
        Some(match reference.strip_prefix("egg:impasto#") {
            Some("nova_urlmap") => Composite::VersionedUrlMap,
            Some("pipeline_factory") => Composite::PipelineFactory,
            Some("host") => Composite::Hosts,
            Some("match") => Composite::Match,
            Some("split") => Composite::Split,
            _ if reference.ends_with("#urlmap") => Composite::UrlMap,
            _ if reference.ends_with("urlmap_factory") => {
                let plain = ["paste.urlmap:urlmap_factory", "rutter.urlmap:urlmap_factory"];
                match plain.iter().any(|plain| reference.ends_with(plain)) {
                    true => Composite::UrlMap,
                    false => Composite::VersionedUrlMap,
                }
            }
            _ if reference.ends_with("#cascade") => Composite::Cascade,
            _ if reference.contains(":pipeline_factory")
                || reference.contains(":auth_pipeline_factory") =>
            {
                Composite::PipelineFactory
            }
            _ => return None,
        })
    }

    /// Whether the place of an option among others counts, for the first that takes a request has it.
    pub fn is_ordered(self, option: &str) -> bool {
        self == Composite::Match && option != "default"
    }

    /// Whether an option of it names no app.
    pub fn is_setting(self, option: &str) -> bool {
        match self {
            Composite::Cascade => matches!(option, "catch" | "max_body_size"),
            Composite::Split => option != "apps",
            Composite::PipelineFactory => {
                matches!(option, "auth_strategy" | "flavor" | "api_rate_limit")
            }
            _ => false,
        }
    }
}

impl Context {
    /// Which composite this is, if its meaning is known by its name. No factory needs to be linked.
    pub fn composite(&self) -> Option<Composite> {
        let leaf = self.leaf()?;
        let is_composite = leaf.protocol.is_some_and(|protocol| protocol.contains("composit"));
        let reference = is_composite.then(|| leaf.named.to_reference().to_string())?;
        Composite::named(&reference)
    }

    /// What this composite would load, if [its meaning is known](Context::composite).
    pub fn children(&self) -> Option<Children> {
        let composite = self.composite()?;
        let options = self.local_conf().iter().filter(|(name, _)| !composite.is_setting(name));
        if composite == Composite::PipelineFactory {
            let pipelines = options.filter_map(|(name, value)| self.pipeline(name, value.text()));
            return Some(Children::Pipelines(pipelines.collect()));
        }
        let mount = |option: &str, text: &str, item| {
            let passed = Some(Arc::clone(&self.tree.globals[self.node().global]));
            self.look_up(Group::App, text, (option, item), passed)
        };
        let mounts = options.flat_map(|(name, value)| match composite {
            Composite::Split => {
                let apps = split(value.text()).enumerate();
                apps.map(|(item, app)| (app.to_owned(), mount(name, app, item))).collect()
            }
            _ => vec![(name.to_owned(), mount(name, value.text(), 0))],
        });
        Some(Children::Mounts(mounts.collect()))
    }

    /// The pipeline that an option of a pipeline factory is.
    fn pipeline(&self, option: &str, text: &str) -> Option<(String, Pipeline)> {
        let items: Vec<&str> = split(text).collect();
        let (app, filters) = items.split_last()?;
        let item = |group, text: &str, item| self.look_up(group, text, (option, item), None);
        let each = filters.iter().enumerate();
        let pipeline = Pipeline {
            filters: each.map(|(at, filter)| item(Group::Filter, filter, at)).collect(),
            app: item(Group::App, app, filters.len()),
        };
        Some((option.to_owned(), pipeline))
    }

    /// Resolves a name as this composite's loader would.
    fn look_up(
        &self,
        group: Group,
        name: &str,
        (key, item): (&str, usize),
        passed: Option<Arc<Conf>>,
    ) -> Result<Context, Problems> {
        let frame = self.node().frame().cloned();
        let trail = self.node().cited();
        let trail = trail.map(|cited| cite(&cited, self.local_conf(), (key, item), name));
        self.load.limits.part(trail.as_ref())?;
        let wanted = Wanted::new(group, Some(name), frame, passed, trail);
        let tree = super::deep(|| resolve(&self.load, wanted))?;
        Ok(Context::root(&self.load, tree))
    }
}

/// The trail of a name that a composite's option holds: as the item that it is, unless it is all of it.
pub(super) fn cite(cited: &Trail, local: &Conf, (key, item): (&str, usize), name: &str) -> Trail {
    let value = local.get(key);
    let origin = value.map(|value| value.origin());
    let whole = origin.and_then(|origin| origin.value_place());
    let list = whole.as_ref().filter(|_| value.is_some_and(|value| value.text() != name));
    let word = list.and_then(|whole| word_place(whole, item));
    let section = origin.and_then(|origin| origin.section()).unwrap_or(cited.section());
    // What a composite loads may be a section that it `use`s itself: that is no cycle. One is only
    // when the same section is loaded by name again.
    let mut head = cited;
    while let Some(user) = head.visit.trail.as_ref().filter(|user| user.key() == "use") {
        head = user;
    }
    let is_secret = value.is_some_and(Value::is_secret);
    Trail::elsewhere(Arc::clone(&head.visit), key, section, word.or(whole), is_secret)
}
