//! Reading what a load will need later, so that a snapshot has it.

use std::collections::HashSet;

use super::context::{Context, Object};
use super::deep;
use super::expand::Children;
use super::load::Loader;
use super::uri::Uri;
use super::visit::VisitedSection;

impl Loader {
    /// Reads the files and secret files of all that the sections of this file need, and of what composites
    /// lead to [whose meaning is known](Context::children): what factories load otherwise only when they
    /// are called. What is wrong with any of it is left for a load to say.
    ///
    /// To be called before [`snapshot`](Loader::snapshot), by a process whose snapshot others load from.
    pub fn read_ahead(&self) {
        let mut seen = HashSet::new();
        for declared in self.declared() {
            if !declared.name.as_deref().is_some_and(Uri::is_uri)
                && let Ok(context) = self.resolve_declared(&declared)
            {
                follow(&context, &mut seen);
            }
        }
    }
}

fn follow(app: &Context, seen: &mut HashSet<VisitedSection>) {
    match app.object() {
        Object::Pipeline { app: next, .. }
        | Object::FilterApp { next, .. }
        | Object::FilteredWith { next, .. } => deep(|| follow(&next, seen)),
        Object::Factory { .. } => {
            let section = app.node().visit.as_ref().map(|visit| visit.visited());
            if section.is_none_or(|section| seen.insert(section)) {
                below(app).iter().for_each(|app| deep(|| follow(app, seen)));
            }
        }
    }
}

/// Resolving them has read what they need themselves.
fn below(composite: &Context) -> Vec<Context> {
    match composite.children() {
        None => Vec::new(),
        Some(Children::Mounts(mounts)) => {
            mounts.into_iter().filter_map(|(_, app)| app.ok()).collect()
        }
        Some(Children::Pipelines(all)) => {
            all.into_iter().filter_map(|(_, it)| it.app.ok()).collect()
        }
    }
}
