//! Which apps are served, and how.

use impasto::{Loader, Problem, Problems, Registry};
use impasto_server::{Enabled, Faults, Overrides, Service};

use super::address::{Planned, collisions};
use crate::words::Words;

/// The services of these names; without any, those that `enabled_apis` in `[DEFAULT]` lists, or `main`.
///
/// # Errors
///
/// Everything that is wrong with what they need, with the linked factories, and with the addresses
/// they come to.
pub(super) fn services(
    loader: &Loader,
    names: &[String],
    overrides: &Overrides,
) -> Result<Vec<Service>, Problems> {
    let mut faults = Faults::new();
    faults.add(Registry::linked().problems().iter().cloned());
    let mut services = Vec::new();
    if !names.is_empty() {
        let named = names.iter().map(|name| Service::with(loader, Some(name), overrides));
        services.extend(named.filter_map(|service| faults.keep(service)));
    } else if let Some(enabled) = Service::enabled(loader, overrides) {
        services.extend(faults.keep(enabled).unwrap_or_default());
    } else {
        services.extend(faults.keep(Service::with(loader, None, overrides)));
    }
    if faults.is_empty() {
        faults.add(collisions_of(&services, overrides));
    }
    match faults.problems() {
        None => Ok(services),
        Some(problems) => Err(problems),
    }
}

/// Everything that keeps the services of these words from being served, beside what is known. Factories are
/// called, and may ask for a runtime, which must have been entered.
pub(super) fn everything(words: &Words, overrides: &Overrides, known: Faults) -> Faults {
    let mut faults = known;
    if let Some(loader) = faults.keep(words.open()) {
        for name in named(&loader, &words.names) {
            faults.add_service(&loader, name, overrides);
        }
    }
    faults
}

/// The same problems, and what is wrong with the apps of these names.
pub(super) fn with_apps(loader: &Loader, names: &[String], problems: Problems) -> Problems {
    let mut faults = Faults::new();
    faults.add(problems);
    faults.add_apps(loader, &named(loader, names));
    faults.problems().unwrap_or_default()
}

/// The names of the apps that are served; `None` is the main one. There are none where `enabled_apis` lists only such
/// as the file does not have.
pub(super) fn named<'a>(loader: &'a Loader, names: &'a [String]) -> Vec<Option<&'a str>> {
    if !names.is_empty() {
        return names.iter().map(|name| Some(name.as_str())).collect();
    }
    match Enabled::of(loader) {
        Some(enabled) => enabled.names().iter().copied().map(Some).collect(),
        None => vec![None],
    }
}

/// What is wrong with the addresses that services come to.
pub(super) fn collisions_of(services: &[Service], overrides: &Overrides) -> Vec<Problem> {
    let planned = services.iter().map(|service| Planned {
        name: service.name(),
        addresses: service.settings().addresses(),
        place: service.place(),
        section: service.section(),
    });
    collisions(&planned.collect::<Vec<_>>(), !overrides.listen.is_empty())
}
