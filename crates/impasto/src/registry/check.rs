//! What can be wrong with factories before any file is read.

use super::index::{Index, same_name};
use super::{Egg, Factory, Location, Reference};
use crate::problem::{Code, Problem};

/// The names under which files know the linked crates, sorted. A crate that named itself is known by
/// that name.
pub(super) fn linked(factories: &[&Factory], eggs: &[&'static Egg]) -> Vec<&'static str> {
    let names = factories.iter().flat_map(|factory| {
        let mut own: Vec<_> = own_eggs(factory, eggs).map(|egg| egg.name).collect();
        if own.is_empty() {
            own.push(factory.package);
        }
        own
    });
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup_by(|one, other| same_name(one, other));
    names
}

/// Checks the names that crates give themselves.
pub(super) fn eggs(eggs: &[&Egg], problems: &mut Vec<Problem>) {
    for egg in eggs {
        if let Some(fault) = fault(egg.name) {
            let Egg { package, name, location } = egg;
            problems.push(bad_name(
                &format!("the egg name {name:?} of crate {package}"),
                fault,
                *location,
            ));
        }
    }
}

/// Enters a factory under all its references, and reports what is wrong with them.
pub(super) fn claim(
    factory: &'static Factory,
    eggs: &[&'static Egg],
    index: &mut Index,
    problems: &mut Vec<Problem>,
) {
    let Factory { name, package, .. } = *factory;
    let location = factory.location();
    if let Some(fault) = fault(name) {
        let what = format!("the {} name {name:?} of crate {package}", factory.kind());
        problems.push(bad_name(&what, fault, location));
        return;
    }
    let packages = [package].into_iter().chain(own_eggs(factory, eggs).map(|egg| egg.name));
    let own = packages.map(|package| Reference::Egg { package, name });
    let mut references: Vec<Reference<'_>> = own.collect();
    for alias in factory.aliases {
        match Reference::registered(alias) {
            Some(reference) => references.push(reference),
            None => {
                let what = format!("{alias:?}, for which `{package}#{name}` stands in,");
                problems.push(bad_name(
                    &what,
                    "is neither `module:attr` nor `egg:PACKAGE#NAME`",
                    location,
                ));
            }
        }
    }
    let group = factory.kind().group();
    let mut rivals: Vec<&Factory> = Vec::new();
    for reference in references {
        let Some(first) = index.claim(group, &reference, factory) else { continue };
        // Two factories of one name collide under every name of their crate: once is enough.
        if std::ptr::eq(first, factory) || rivals.iter().any(|rival| std::ptr::eq(*rival, first)) {
            continue;
        }
        rivals.push(first);
        let message = format!("two {group} factories are `{reference}`");
        let problem = Problem::error(Code::DuplicateFactory, message)
            .help(format!("one is in crate {}, at {}", first.package, first.location()))
            .help(format!("one is in crate {package}, at {location}"));
        problems.push(problem);
    }
}

fn own_eggs(factory: &Factory, eggs: &[&'static Egg]) -> impl Iterator<Item = &'static Egg> {
    eggs.iter().copied().filter(|egg| egg.package == factory.package)
}

/// Why no file could write `name`.
fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("is empty")
    } else if name.starts_with('[') {
        Some("begins with `[`")
    } else if name.contains(['#', ':']) {
        Some("has a `#` or `:` in it")
    } else if name.contains(|c: char| c.is_whitespace() || c.is_control()) {
        Some("has white space in it")
    } else {
        None
    }
}

fn bad_name(what: &str, fault: &str, location: Location) -> Problem {
    Problem::error(Code::BadFactoryName, format!("{what} {fault}"))
        .help(format!("it is registered at {location}"))
}
