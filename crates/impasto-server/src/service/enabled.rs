//! nova's `enabled_apis`: a file that says itself which of its apps are served.

use std::collections::HashSet;

use impasto::{Code, Group, Loader, Place, Problem, Problems};

use super::{Overrides, Service};

/// What `enabled_apis` in `[DEFAULT]` lists, separated by commas or white space, each name once.
#[derive(Clone, Debug)]
pub struct Enabled<'a> {
    names: Vec<&'a str>,
    missing: Vec<&'a str>,
    place: Place,
}

impl<'a> Enabled<'a> {
    /// The list of a file; `None` where there is no such option.
    pub fn of(loader: &'a Loader) -> Option<Enabled<'a>> {
        let list = loader.document()?.defaults().entry("enabled_apis")?;
        let mut known = HashSet::new();
        let all = names(list.raw()).filter(|name| known.insert(*name));
        let (names, missing) = all.partition(|name| has_app(loader, name));
        Some(Enabled { names, missing, place: list.value_place() })
    }

    /// The names that the file has, in the order of the list.
    pub fn names(&self) -> &[&'a str] {
        &self.names
    }

    /// Logs the names that the file does not have: the others are served, as nova does.
    ///
    /// # Errors
    ///
    /// When it has none of them.
    pub fn check(&self) -> Result<(), Problem> {
        let place = &self.place;
        for name in &self.missing {
            tracing::warn!("{place}: `enabled_apis` names `{name}`, which the file does not have");
        }
        if self.names.is_empty() { Err(none_of(place.clone())) } else { Ok(()) }
    }
}

impl Service {
    /// The services that `enabled_apis` in `[DEFAULT]` lists; `None` where there is no such option. A name that
    /// the file does not have is [logged](Enabled::check). Those that `enabled_ssl_apis` lists, too, must have a
    /// certificate: their own, that of `ssl_cert_file` in `[DEFAULT]`, or that of `[server:main]`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with those that the file has, and when it has none of them.
    pub fn enabled(
        loader: &Loader,
        overrides: &Overrides,
    ) -> Option<Result<Vec<Service>, Problems>> {
        let enabled = Enabled::of(loader)?;
        let mut problems: Vec<Problem> = enabled.check().err().into_iter().collect();
        let mut services = Vec::new();
        for name in enabled.names {
            match Service::with(loader, Some(name), overrides) {
                Ok(service) => services.push(service),
                Err(wrong) => problems.extend(wrong),
            }
        }
        Some(if problems.is_empty() { Ok(services) } else { Err(Problems(problems)) })
    }

    /// What is wrong with nova's options in `[DEFAULT]`, whatever is served: names that `enabled_apis` and
    /// `enabled_ssl_apis` list and the file does not have are warnings, and what no app could be served with
    /// is an error.
    pub fn check_defaults(loader: &Loader) -> Problems {
        let mut problems = unknown_names(loader);
        let Some(document) = loader.document() else { return Problems(problems) };
        let defaults = document.defaults();
        let is_about = |name: &str| {
            let given = ["listen", "listen_port", "workers"].into_iter();
            given.map(|option| format!("{name}_{option}")).any(|it| defaults.entry(&it).is_some())
                || listed(loader, "enabled_ssl_apis", name).is_some()
        };
        let declared = loader.declared();
        let apps = declared.iter().filter(|it| it.group == Group::App);
        for name in apps.filter_map(|it| it.name.as_deref()).filter(|name| is_about(name)) {
            problems.extend(Service::wrong_defaults(loader, name));
        }
        Problems(problems)
    }
}

fn has_app(loader: &Loader, name: &str) -> bool {
    let declared = loader.declared();
    let mut apps = declared.iter().filter(|it| it.group == Group::App);
    apps.any(|it| it.name.as_deref() == Some(name))
}

fn unknown_names(loader: &Loader) -> Vec<Problem> {
    let Some(document) = loader.document() else { return Vec::new() };
    let declared = loader.declared();
    let mut problems = Vec::new();
    for option in ["enabled_apis", "enabled_ssl_apis"] {
        let Some(list) = document.defaults().entry(option) else { continue };
        let (found, missing): (Vec<_>, Vec<_>) =
            names(list.raw()).partition(|name| has_app(loader, name));
        if found.is_empty() && option == "enabled_apis" {
            problems.push(none_of(list.value_place()));
            continue;
        }
        for name in missing {
            let message = format!("`{option}` names `{name}`, which the file does not have");
            let problem = Problem::warning(Code::MissingSection, message);
            let problem = problem.at(word(&list.value_place(), name)).section("DEFAULT");
            let apps = declared.iter().filter(|it| it.group == Group::App);
            let known = apps.filter_map(|it| it.name.as_deref());
            problems.push(problem.key(option).suggest(name, known));
        }
    }
    problems
}

fn none_of(place: Place) -> Problem {
    let message = "the file has none of the apps that `enabled_apis` names";
    let problem = Problem::error(Code::MissingSection, message);
    problem.at(place).section("DEFAULT").key("enabled_apis")
}

/// Where an option of `[DEFAULT]` lists `name`, if it does.
pub(super) fn listed(loader: &Loader, option: &str, name: &str) -> Option<Place> {
    let list = loader.document()?.defaults().entry(option)?;
    names(list.raw()).any(|it| it == name).then(|| word(&list.value_place(), name))
}

/// The place of a name within that of its list.
fn word(list: &Place, name: &str) -> Place {
    let is_end = |text: &str, at: usize| text[at..].starts_with(ENDS) || at == text.len();
    let text = list.text();
    let mut found = text.match_indices(name).filter(|(at, _)| {
        (*at == 0 || text[..*at].ends_with(ENDS)) && is_end(text, at + name.len())
    });
    found.next().map_or_else(|| list.clone(), |(at, _)| list.narrow(at..at + name.len()))
}

/// What ends a name in a list.
const ENDS: [char; 5] = [',', ' ', '\t', '\r', '\n'];

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(ENDS).filter(|name| !name.is_empty())
}
