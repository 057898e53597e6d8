//! Everything that keeps services from being served.

use std::fmt;

use impasto::{Loader, Problem, Problems};

use super::{Kind, Overrides, Service, aside};
use crate::bind::bind;
use crate::launcher::{Identity, replaces_another};
use crate::server::{Server, StartError};
use crate::tls::TlsContents;

/// What keeps services from being served, each once: two may fail for one reason.
///
/// A start that fails tells everything at once: of the apps, their servers, the files of TLS, who workers
/// are to be, and where to listen.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    problems: Vec<Problem>,
    unreachable: Vec<String>,
}

impl Faults {
    /// Nothing yet.
    pub fn new() -> Faults {
        Faults::default()
    }

    /// Adds problems that are not known yet.
    pub fn add(&mut self, problems: impl IntoIterator<Item = Problem>) {
        // A file that was read twice has two sources: places are the same where they read the same.
        let place = |problem: &Problem| problem.place.as_ref().map(ToString::to_string);
        for problem in problems {
            let same = |known: &Problem| {
                known.code == problem.code
                    && known.message == problem.message
                    && place(known) == place(&problem)
            };
            if !self.problems.iter().any(same) {
                self.problems.push(problem);
            }
        }
    }

    /// What was made, if it was; else adds why not.
    pub fn keep<T>(&mut self, made: Result<T, Problems>) -> Option<T> {
        made.map_err(|problems| self.add(problems)).ok()
    }

    /// Adds what is wrong with the service of this name, as [`Service::with`] has it. To find that out, its
    /// app is created and its addresses are listened on; neither is kept. Factories may ask for a runtime,
    /// which must have been entered.
    ///
    /// Where workers are to be somebody else than this process, factories are not called: what they open
    /// would be in the way of those who may not.
    pub fn add_service(&mut self, loader: &Loader, name: Option<&str>, overrides: &Overrides) {
        if let Ok((Kind::Foreign(_), _)) = Service::find_server(loader, name) {
            return self.add_app(loader, name);
        }
        let mut problems = Vec::new();
        match Service::attempt(loader, name, overrides, &mut problems) {
            Some(service) => {
                self.add(problems);
                self.add_found(&service);
            }
            None => {
                self.add_app(loader, name);
                self.add(problems);
            }
        }
    }

    /// Adds what is wrong with the apps of these names, their factories asked: for who cannot be served, and
    /// whatever it is, that is to be told with it. Takes a few seconds at most, and calls no factory where
    /// workers are to be somebody else than this process.
    pub fn add_apps(&mut self, loader: &Loader, names: &[Option<&str>]) {
        let is_ours = |name: &&Option<&str>| !Service::names_somebody(loader, **name);
        let names: Vec<Option<String>> =
            names.iter().filter(is_ours).map(|name| name.map(str::to_owned)).collect();
        let loader = loader.clone();
        *self = aside(std::mem::take(self), move |faults| {
            names.iter().for_each(|name| faults.add_app(&loader, name.as_deref()));
        });
    }

    fn add_app(&mut self, loader: &Loader, name: Option<&str>) {
        self.add(loader.check_app(name));
    }

    /// Adds what is wrong with the app of a service that was found, where its factories may be called.
    pub(crate) fn add_app_of(&mut self, service: &Service) {
        let settings = service.settings();
        if !Identity::is_changed(settings.user.as_deref(), settings.group.as_deref()) {
            self.add_app(&service.loader, service.source.name.as_deref());
        }
    }

    /// As [`add_service`](Faults::add_service) does, of a service that was found.
    pub(crate) fn add_found(&mut self, service: &Service) {
        let settings = service.settings();
        self.add_app_of(service);
        let wrong = [
            Identity::resolve(settings.user.as_deref(), settings.group.as_deref()).err(),
            Server::new(settings.clone()).err(),
            settings.check_access_log().err(),
        ];
        self.add(wrong.into_iter().flatten().flat_map(|error| service.refused(error)));
        if let Err(errors) = TlsContents::read(settings) {
            self.add(service.refused_files(&errors));
        }
        // Whoever is to be replaced listens there.
        if !replaces_another() {
            let bound = settings.addresses().into_iter().map(|address| bind(&address, settings));
            let bound: Vec<_> = bound.collect();
            for error in bound.into_iter().filter_map(Result::err) {
                self.add_refused(service, &error.into());
            }
        }
    }

    /// Adds why a service cannot be begun: the files of TLS, or an address that cannot be listened on.
    pub fn add_refused(&mut self, service: &Service, error: &StartError) {
        let (place, error) = match error {
            StartError::Tls(errors) => return self.add(service.refused_files(errors)),
            StartError::Bind(error) => (service.place_of(&error.address), error),
        };
        let mut text = format!("error: cannot serve `{}`: {error}", service.name());
        if let Some(place) = place {
            text.push_str(&format!("\n --> {place}"));
        }
        if !self.unreachable.contains(&text) {
            self.unreachable.push(text);
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty() && self.unreachable.is_empty()
    }

    /// What is wrong with the files; `None` when that is nothing.
    pub fn problems(&self) -> Option<Problems> {
        (!self.problems.is_empty()).then(|| Problems(self.problems.clone()))
    }

    /// A text for each address that cannot be listened on, with its place where a file says it.
    pub fn unreachable(&self) -> &[String] {
        &self.unreachable
    }
}

/// As people read it.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems = self.problems().map(|problems| problems.to_string());
        let problems = problems.as_deref().map(|text| text.trim_end().to_owned());
        let unreachable = (!self.unreachable.is_empty()).then(|| self.unreachable.join("\n"));
        let parts: Vec<String> = problems.into_iter().chain(unreachable).collect();
        f.write_str(&parts.join("\n\n"))
    }
}
