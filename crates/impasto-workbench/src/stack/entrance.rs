//! Which app a request comes to when nobody says.

use std::collections::HashSet;

use impasto::ini::{Section, split};
use impasto::{Context, Declaration, Group, Loader, Problems};

use super::Way;
use crate::Question;

/// The app that is meant when none is named: `main`; else the first app, composite or pipeline of the file
/// to which nothing else refers, and whose mounts take the request, if there is one.
///
/// # Errors
///
/// What is wrong with that app; or that there is none, which is said of `main`.
pub fn entrance(loader: &Loader, question: Option<&Question>) -> Result<Context, Problems> {
    let main = || loader.context(Group::App, "main");
    let apps = apps(loader);
    if apps.iter().any(|app| app.name.as_deref() == Some("main")) {
        return main();
    }
    let free = entrances(loader);
    let takes = |declared: &&Declaration| match (question, loader.resolve_declared(declared)) {
        (None, _) => true,
        (Some(_), Err(_)) => false,
        (Some(question), Ok(app)) => Way::of(&app, &mut question.exchange()).arrives(),
    };
    let found = free.iter().find(takes).or(free.first());
    match found.or(apps.first()) {
        Some(declared) => loader.resolve_declared(declared),
        None => main(),
    }
}

/// Where requests may come in: `main`, and the apps, composites and pipelines to which nothing else in the
/// file refers, in its order.
pub fn entrances(loader: &Loader) -> Vec<Declaration> {
    let referred = referred(loader);
    let is_free = |declared: &Declaration| match declared.name.as_deref() {
        None | Some("main") => true,
        Some(name) => !referred.contains(name),
    };
    apps(loader).into_iter().filter(is_free).collect()
}

fn apps(loader: &Loader) -> Vec<Declaration> {
    let declared = loader.declared().into_iter();
    declared.filter(|declared| declared.group == Group::App).collect()
}

/// The names that sections refer to.
fn referred(loader: &Loader) -> HashSet<&str> {
    let own = loader.path().file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let sections = loader.document().into_iter().flat_map(|document| document.sections());
    sections.flat_map(|section| names(section, own)).collect()
}

/// What a section of the file `own` refers to. A composite's options are names, but for a few settings.
fn names<'a>(section: Section<'a>, own: &str) -> Vec<&'a str> {
    let is_composite = section.name().starts_with("composit");
    let itself = section.name().split_once(':').map_or("", |(_, name)| name.trim());
    let entries = section.entries().filter(|entry| {
        is_composite || matches!(entry.name(), "use" | "next" | "pipeline" | "filter-with")
    });
    let words = entries.flat_map(|entry| split(entry.raw()).chain([entry.raw()]));
    let names = words.map(|word| in_file(word, own).unwrap_or(word));
    names.filter(|name| *name != itself).collect()
}

/// The name in `config:own.ini#name`.
fn in_file<'a>(word: &'a str, own: &str) -> Option<&'a str> {
    let (file, name) = word.split_once('#')?;
    let (scheme, path) = file.split_once(':')?;
    let is_own = scheme.eq_ignore_ascii_case("config") && path.rsplit('/').next() == Some(own);
    is_own.then_some(name)
}
