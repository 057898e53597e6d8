//! Which apps are served, and how.

use impasto::{Loader, Problem, Problems, Registry};
use impasto_server::{Overrides, Service};

use super::address::{Planned, collisions};

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
    let mut faults = Faults(Registry::linked().problems().to_vec());
    let mut services = Vec::new();
    if !names.is_empty() {
        let named = names.iter().map(|name| Service::with(loader, Some(name), overrides));
        services.extend(named.filter_map(|service| faults.keep(service)));
    } else if let Some(enabled) = Service::enabled(loader, overrides) {
        services.extend(faults.keep(enabled).unwrap_or_default());
    } else {
        services.extend(faults.keep(Service::with(loader, None, overrides)));
    }
    if faults.0.is_empty() {
        faults.0 = collisions_of(&services);
    }
    match faults.0.is_empty() {
        true => Ok(services),
        false => Err(Problems(faults.0)),
    }
}

/// The names of the apps that are served; `None` is the main one.
pub(super) fn named<'a>(loader: &'a Loader, names: &'a [String]) -> Vec<Option<&'a str>> {
    if !names.is_empty() {
        return names.iter().map(|name| Some(name.as_str())).collect();
    }
    match Service::enabled_names(loader) {
        Some((found, _)) if !found.is_empty() => found.into_iter().map(Some).collect(),
        _ => vec![None],
    }
}

/// What is wrong with the addresses that services come to.
pub(super) fn collisions_of(services: &[Service]) -> Vec<Problem> {
    let planned = services.iter().map(|service| Planned {
        name: service.name(),
        addresses: service.settings().addresses(),
        place: service.place(),
        section: service.section(),
    });
    collisions(&planned.collect::<Vec<_>>())
}

/// Problems, each once: two apps may fail for one reason.
pub(super) struct Faults(pub(super) Vec<Problem>);

impl Faults {
    pub(super) fn keep<T>(&mut self, made: Result<T, Problems>) -> Option<T> {
        let problems = match made {
            Ok(made) => return Some(made),
            Err(problems) => problems,
        };
        for problem in problems {
            let same = |known: &Problem| {
                known.code == problem.code
                    && known.message == problem.message
                    && known.place == problem.place
            };
            if !self.0.iter().any(same) {
                self.0.push(problem);
            }
        }
        None
    }
}
