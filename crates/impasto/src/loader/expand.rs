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
    /// A URL map or a cascade: what each option names.
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

impl Context {
    /// What this composite would load, if it is one whose meaning is known by its name: a URL map
    /// (`…#urlmap`, `…urlmap_factory`), a cascade (`…#cascade`) or a pipeline factory
    /// (`…:pipeline_factory…`). No factory needs to be linked.
    pub fn children(&self) -> Option<Children> {
        let leaf = self.leaf()?;
        if !leaf.protocol.is_some_and(|protocol| protocol.contains("composit")) {
            return None;
        }
        let reference = leaf.named.to_reference().to_string();
        let names = self.local_conf().iter();
        let mount = |name: &str, text: &str| {
            let passed = Some(Arc::clone(&self.tree.globals[self.node().global]));
            (name.to_string(), self.look_up(Group::App, text, (name, 0), passed))
        };
        if reference.ends_with("#urlmap") || reference.ends_with("urlmap_factory") {
            let mounts = names.map(|(name, value)| mount(name, value.text()));
            return Some(Children::Mounts(mounts.collect()));
        }
        if reference.ends_with("#cascade") {
            let apps = names.filter(|(name, _)| *name != "catch");
            let mounts = apps.map(|(name, value)| mount(name, value.text()));
            return Some(Children::Mounts(mounts.collect()));
        }
        if !reference.contains(":pipeline_factory") {
            return None;
        }
        let pipelines = names.filter_map(|(name, value)| {
            let items: Vec<&str> = split(value.text()).collect();
            let (app, filters) = items.split_last()?;
            let item = |group, text: &str, item| self.look_up(group, text, (name, item), None);
            let pipeline = Pipeline {
                filters: filters
                    .iter()
                    .enumerate()
                    .map(|(at, filter)| item(Group::Filter, filter, at))
                    .collect(),
                app: item(Group::App, app, filters.len()),
            };
            Some((name.to_string(), pipeline))
        });
        Some(Children::Pipelines(pipelines.collect()))
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
        let trail = trail.map(|cited| cite(&cited, self.local_conf(), key, item));
        self.load.limits.part(trail.as_ref())?;
        let wanted = Wanted::new(group, Some(name), frame, passed, trail);
        let tree = super::deep(|| resolve(&self.load, wanted))?;
        Ok(Context::root(&self.load, tree))
    }
}

/// The trail of a name that a composite's option holds.
pub(super) fn cite(cited: &Trail, local: &Conf, key: &str, item: usize) -> Trail {
    let value = local.get(key);
    let origin = value.map(|value| value.origin());
    let whole = origin.and_then(|origin| origin.value_place());
    let word = whole.as_ref().and_then(|whole| word_place(whole, item));
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
