//! How a section differs from what it was.

use std::collections::BTreeMap;

use super::moved::moved;
use super::side::{Effective, Side};
use super::{Change, Difference};
use crate::ini::{Entry, Section};
use crate::loader::conf::Conf;
use crate::loader::context::{Context, Object};
use crate::loader::deep;
use crate::loader::directives::Directive;
use crate::loader::expand::Composite;
use crate::loader::load::Declaration;
use crate::loader::value::Value;
use crate::registry::{Group, Registry};

/// A section in one of the readings.
type In<'a> = (&'a Side<'a>, Section<'a>);

impl Change {
    /// A section comes or goes. An empty `[DEFAULT]` is as good as none.
    pub(super) fn whole(section: Section<'_>, what: Difference) -> Option<Change> {
        if section.name() == "DEFAULT" && section.entries().len() == 0 {
            return None;
        }
        let place = Some(section.place());
        let (old, new) = match what {
            Difference::Removed => (place, None),
            _ => (None, place),
        };
        Some(Change { section: section.name().to_owned(), what, old, new })
    }
}

pub(super) fn compare(old: In<'_>, new: In<'_>) -> Vec<Change> {
    let names = new.1.entries().map(|entry| (entry.at(), entry.name()));
    let gone = old.1.entries().filter(|entry| new.1.entry(entry.name()).is_none());
    let gone = gone.map(|entry| (u32::MAX, entry.name()));
    let mut names: Vec<(u32, &str)> = names.chain(gone).collect();
    names.sort_by_key(|(at, _)| *at);
    let differ = |name: &&str| !is_same((old.0, value(old, name)), (new.0, value(new, name)));
    let names: Vec<&str> = names.into_iter().map(|(_, name)| name).filter(differ).collect();
    let reordered = !moved(&options(old.1), &options(new.1)).is_empty();
    if names.is_empty() && !reordered {
        return Vec::new();
    }
    let (before, after) = (tree(old), tree(new));
    if let (Some(before), Some(after)) = (&before, &after)
        && deep(|| is_same_tree((old.0, before), (new.0, after)))
    {
        return Vec::new();
    }
    let composites = [&before, &after].map(|tree| tree.as_ref().and_then(Context::composite));
    let composite = composites.into_iter().flatten().next();
    let factories = || {
        [&before, &after].into_iter().flatten().filter_map(|tree| tree.factory(Registry::linked()))
    };
    let hides = |name: &str| factories().any(|factory| factory.hides(name));
    let options = names.into_iter().flat_map(|name| option(old, new, name, composite, &hides));
    let composite = composite.filter(|_| reordered);
    let moves = composite.into_iter().flat_map(|composite| mounts_moved(old, new, composite));
    options.chain(moves).collect()
}

/// The names of the options, in their order.
fn options(section: Section<'_>) -> Vec<&str> {
    section.entries().map(|entry| entry.name()).collect()
}

/// The options whose apps are asked earlier or later than before.
fn mounts_moved(old: In<'_>, new: In<'_>, composite: Composite) -> Vec<Change> {
    let mounts = |of: In<'_>| {
        let names = options(of.1).into_iter();
        let ordered = names
            .filter(|name| composite.is_ordered(name) && is_choice(composite, of.1.name(), name));
        ordered.map(str::to_owned).collect()
    };
    let (before, after): (Vec<String>, Vec<String>) = (mounts(old), mounts(new));
    let place = |of: In<'_>, key: &str| of.1.entry(key).map(|entry| entry.key_place());
    let change = |at: usize| Change {
        section: new.1.name().to_owned(),
        what: Difference::MountMoved { key: after[at].clone(), before: after.get(at + 1).cloned() },
        old: place(old, &after[at]),
        new: place(new, &after[at]),
    };
    moved(&before, &after).into_iter().map(change).collect()
}

/// How one option differs.
fn option(
    old: In<'_>,
    new: In<'_>,
    key: &str,
    composite: Option<Composite>,
    hides: &dyn Fn(&str) -> bool,
) -> Vec<Change> {
    let (before, after) = (value(old, key), value(new, key));
    let section = new.1.name();
    let place = |side: In<'_>, found: &Option<Effective>| {
        found.as_ref().and(side.1.entry(key)).map(|entry: Entry<'_>| entry.key_place())
    };
    let (old_place, new_place) = (place(old, &before), place(new, &after));
    let change = |what| Change {
        section: section.to_owned(),
        what,
        old: old_place.clone(),
        new: new_place.clone(),
    };
    let composite = composite.filter(|composite| is_choice(*composite, section, key));
    let is_pipeline = composite == Some(Composite::PipelineFactory)
        || Directive::of(key, section, Group::App) == Some(Directive::Pipeline);
    if is_pipeline && let (Some(old), Some(new)) = (&before, &after) {
        return Difference::of_pipelines(key, &old.text, &new.text)
            .into_iter()
            .map(change)
            .collect();
    }
    let key = key.to_owned();
    if composite.is_some_and(|it| !matches!(it, Composite::PipelineFactory | Composite::Split)) {
        let app = |value: Option<Effective>| value.map(|value| shown(&key, value));
        return vec![change(Difference::Mount { old: app(before), new: app(after), key })];
    }
    let is_hidden = hides(&key);
    let text = |value: Option<Effective>| {
        value.map(|value| shown(&key, Effective { secret: value.secret || is_hidden, ..value }))
    };
    vec![change(Difference::Setting { old: text(before), new: text(after), key })]
}

/// Whether an option of a composite is one of the apps among which it chooses.
fn is_choice(composite: Composite, section: &str, key: &str) -> bool {
    Directive::of(key, section, Group::App).is_none()
        && !["set ", "get ", "paste."].iter().any(|start| key.starts_with(start))
        && !composite.is_setting(key)
}

fn value(of: In<'_>, key: &str) -> Option<Effective> {
    of.0.value(of.1.entry(key)?)
}

fn is_same(old: (&Side<'_>, Option<Effective>), new: (&Side<'_>, Option<Effective>)) -> bool {
    match (&old.1, &new.1) {
        (Some(before), Some(after)) => is_same_text((old.0, &before.text), (new.0, &after.text)),
        (before, after) => before.is_none() && after.is_none(),
    }
}

fn is_same_text(old: (&Side<'_>, &str), new: (&Side<'_>, &str)) -> bool {
    old.1 == new.1
        || old.0.here() != new.0.here() && old.0.without_here(old.1) == new.0.without_here(new.1)
}

/// What a section means, if it is one of the file that was opened and means something.
fn tree(of: In<'_>) -> Option<Context> {
    let declared = Declaration::of(of.1.name()).filter(|_| of.0.has(of.1))?;
    of.0.loader.resolve_declared(&declared).ok()
}

/// Whether the same is created of both, with the same settings.
fn is_same_tree(old: (&Side<'_>, &Context), new: (&Side<'_>, &Context)) -> bool {
    let is_same_conf = |old_conf: &Conf, new_conf: &Conf| {
        let listed = |conf: &Conf, side: &Side<'_>| {
            let own = conf.iter().filter(|(name, _)| !matches!(*name, "here" | "__file__"));
            own.map(|(name, value)| (name.to_owned(), text_of(side, value)))
                .collect::<BTreeMap<_, _>>()
        };
        listed(old_conf, old.0) == listed(new_conf, new.0)
    };
    let is_below =
        |one: &Context, other: &Context| deep(|| is_same_tree((old.0, one), (new.0, other)));
    is_same_conf(old.1.global_conf(), new.1.global_conf())
        && is_same_conf(old.1.local_conf(), new.1.local_conf())
        && is_same_order(old.1, new.1)
        && match (old.1.object(), new.1.object()) {
            (
                Object::Factory { protocol, reference, .. },
                Object::Factory { protocol: other, reference: new_reference, .. },
            ) => protocol == other && reference.to_string() == new_reference.to_string(),
            (
                Object::Pipeline { filters, app },
                Object::Pipeline { filters: new_filters, app: new_app },
            ) => {
                filters.len() == new_filters.len()
                    && filters.iter().zip(&new_filters).all(|(one, other)| is_below(one, other))
                    && is_below(&app, &new_app)
            }
            (
                Object::FilterApp { filter, next },
                Object::FilterApp { filter: new_filter, next: new_next },
            )
            | (
                Object::FilteredWith { filter, next },
                Object::FilteredWith { filter: new_filter, next: new_next },
            ) => is_below(&filter, &new_filter) && is_below(&next, &new_next),
            _ => false,
        }
}

/// Whether the options stand in the same order, where that counts.
fn is_same_order(old: &Context, new: &Context) -> bool {
    let Some(composite) = new.composite() else { return true };
    let ordered = |of: &Context| {
        let names = of.local_conf().iter().map(|(name, _)| name);
        names.filter(|name| composite.is_ordered(name)).map(str::to_owned).collect::<Vec<_>>()
    };
    ordered(old) == ordered(new)
}

fn text_of(side: &Side<'_>, value: &Value) -> String {
    side.without_here(value.text())
}

/// A value that can be shown: nothing from the environment or a secret file, neither what a key like
/// `password` holds, nor a user's part of a URL.
fn shown(key: &str, value: Effective) -> String {
    match value.secret || looks_secret(key, &value.text) {
        true => "***".to_owned(),
        false => value.text,
    }
}

/// Whether a value had better not be shown: its option has a name like `password`, or it is a URL with a
/// user's part. The path of a key is none, and neither is a mount like `/tokens`.
pub fn looks_secret(key: &str, value: &str) -> bool {
    const SECRET: [&str; 6] = ["password", "passwd", "passphrase", "secret", "token", "credential"];
    let key = key.to_ascii_lowercase();
    let in_url = value.split_once("://").is_some_and(|(_, rest)| rest.contains('@'));
    let is_key = || key.ends_with("key") && !value.starts_with('/') && !value.ends_with(".pem");
    let is_mount = key.starts_with('/') || key.contains("://");
    in_url || !is_mount && (SECRET.iter().any(|word| key.contains(word)) || is_key())
}
