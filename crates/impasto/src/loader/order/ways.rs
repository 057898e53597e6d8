//! The ways that requests may take through a file, and the filters on each.

use std::collections::HashSet;

use super::layer::Layer;
use super::rules;
use crate::loader::context::{Context, Object};
use crate::loader::deep;
use crate::loader::expand::Children;
use crate::problem::Problem;
use crate::registry::Registry;

/// So many ends of ways are looked at: composites of composites multiply them.
const MAX_WAYS: usize = 10_000;

/// What stands where it does not belong on any way through `apps`.
///
/// A way begins at an app that none of the others leads to, because what a pipeline lacks may be in one
/// that leads to it.
pub(in crate::loader) fn problems(apps: &[Context], registry: &Registry) -> Vec<Problem> {
    let mut walk = Walk { registry, problems: Vec::new(), ways: 0, lines: 0 };
    let inner: HashSet<_> = apps.iter().flat_map(reached).collect();
    for app in apps.iter().filter(|app| identity(app).is_none_or(|app| !inner.contains(&app))) {
        walk.app(app, &mut Vec::new());
    }
    walk.problems
}

/// The section that a context was loaded from.
type Identity = (*const crate::loader::files::File, u32);

fn identity(context: &Context) -> Option<Identity> {
    let (file, at, _) = context.node().visit.as_ref()?.visited();
    Some((file, at))
}

/// The sections of apps that one leads to directly.
fn reached(app: &Context) -> Vec<Identity> {
    let nodes = app.tree.nodes.iter().flatten();
    let own = identity(app);
    let inside = nodes.filter_map(|node| node.visit.as_ref()).map(|visit| {
        let (file, at, _) = visit.visited();
        (file, at)
    });
    let mut found: Vec<_> = inside.filter(|it| Some(*it) != own).collect();
    for leaf in ends(app) {
        found.extend(below(&leaf).iter().filter_map(|(_, app)| identity(app)));
    }
    found
}

/// The app at the end of the filters that `context` puts around it.
fn ends(context: &Context) -> Vec<Context> {
    match context.object() {
        Object::Pipeline { app: next, .. }
        | Object::FilterApp { next, .. }
        | Object::FilteredWith { next, .. } => deep(|| ends(&next)),
        _ => vec![context.clone()],
    }
}

/// What a composite may lead to, with the filters that it adds.
fn below(composite: &Context) -> Vec<(Vec<Context>, Context)> {
    match composite.children() {
        None => Vec::new(),
        Some(Children::Mounts(mounts)) => {
            mounts.into_iter().filter_map(|(_, app)| Some((Vec::new(), app.ok()?))).collect()
        }
        Some(Children::Pipelines(pipelines)) => pipelines
            .into_iter()
            .filter_map(|(_, it)| Some((it.filters.into_iter().flatten().collect(), it.app.ok()?)))
            .collect(),
    }
}

struct Walk<'a> {
    registry: &'a Registry,
    problems: Vec<Problem>,
    ways: usize,
    /// Numbers the lines that name filters.
    lines: usize,
}

impl Walk<'_> {
    /// Follows every way from `app`, which requests reach through the filters of `passed`.
    fn app(&mut self, app: &Context, passed: &mut Vec<Layer>) {
        let before = passed.len();
        match app.object() {
            Object::Pipeline { filters, app } => {
                self.line(&filters, passed);
                deep(|| self.app(&app, passed));
            }
            Object::FilterApp { filter, next } | Object::FilteredWith { filter, next } => {
                self.line(&[filter], passed);
                deep(|| self.app(&next, passed));
            }
            Object::Factory { .. } => self.end(app, passed),
        }
        passed.truncate(before);
    }

    fn line(&mut self, filters: &[Context], passed: &mut Vec<Layer>) {
        self.lines += 1;
        for (word, filter) in filters.iter().enumerate() {
            Layer::add(filter, (self.lines, word), self.registry, passed);
        }
    }

    fn end(&mut self, app: &Context, passed: &mut Vec<Layer>) {
        if self.ways == MAX_WAYS {
            return;
        }
        let below = below(app);
        if below.is_empty() {
            self.ways += 1;
            self.problems.extend(rules::broken(passed, self.registry));
        }
        for (filters, app) in below {
            let before = passed.len();
            self.line(&filters, passed);
            deep(|| self.app(&app, passed));
            passed.truncate(before);
        }
    }
}
