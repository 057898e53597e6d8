//! nova's `enabled_apis`: a file that says itself which of its apps are served.

use impasto::{Code, Group, Loader, Problem, Problems};

use super::{Overrides, Service};

impl Service {
    /// The services that `enabled_apis` in `[DEFAULT]` lists, separated by commas or white space;
    /// `None` where there is no such option. A name that the file does not have is logged, and the
    /// others are served, as nova does. Those that `enabled_ssl_apis` lists, too, must have a
    /// certificate.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with those that the file has, and when it has none of them.
    pub fn enabled(
        loader: &Loader,
        overrides: &Overrides,
    ) -> Option<Result<Vec<Service>, Problems>> {
        let defaults = loader.document()?.defaults();
        let place = defaults.entry("enabled_apis")?.value_place();
        let (found, missing) = Service::enabled_names(loader)?;
        for name in missing {
            tracing::warn!("{place}: `enabled_apis` names `{name}`, which the file does not have");
        }
        let encrypted = defaults.entry("enabled_ssl_apis");
        let is_encrypted = |name: &str| {
            encrypted.is_some_and(|listed| names(listed.raw()).any(|listed| listed == name))
        };
        let mut problems = Vec::new();
        let mut services = Vec::new();
        for name in found {
            match Service::with(loader, Some(name), overrides) {
                Ok(service) if is_encrypted(name) && service.settings().tls_cert.is_empty() => {
                    let message = format!("`{name}` is to be encrypted and has no certificate");
                    let problem = Problem::error(Code::MissingSetting, message);
                    let help = format!("name one in [server:{name}]: `tls_cert = PATH`");
                    let place = encrypted.as_ref().map(|it| it.value_place());
                    problems.push(problem.at(place).section("DEFAULT").help(help));
                }
                Ok(service) => services.push(service),
                Err(wrong) => problems.extend(wrong),
            }
        }
        if services.is_empty() && problems.is_empty() {
            let message = "the file has none of the apps that `enabled_apis` names";
            let problem = Problem::error(Code::MissingSection, message);
            problems.push(problem.at(place).section("DEFAULT").key("enabled_apis"));
        }
        Some(if problems.is_empty() { Ok(services) } else { Err(Problems(problems)) })
    }

    /// The names that `enabled_apis` lists, in their order: those that the file has, and the others.
    /// `None` where there is no such option.
    pub fn enabled_names(loader: &Loader) -> Option<(Vec<&str>, Vec<&str>)> {
        let listed = loader.document()?.defaults().entry("enabled_apis")?;
        let declared = loader.declared();
        let has = |name: &&str| {
            let mut apps = declared.iter().filter(|it| it.group == Group::App);
            apps.any(|it| it.name.as_deref() == Some(*name))
        };
        Some(names(listed.raw()).partition(has))
    }
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', ' ', '\t', '\n']).filter(|name| !name.is_empty())
}
