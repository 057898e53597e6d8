//! A service: an app of a file, and the server that a file gives it.

mod aside;
mod enabled;
mod encrypted;
mod faults;
mod nova;
mod overrides;
mod refused;
mod source;

use std::any::Any;
use std::fmt;
use std::path::{Path, PathBuf};

use impasto::{
    App, Context, Group, Loader, Place, Problem, Problems, Registry, Serve, SettingError, Value,
    looks_secret,
};

use crate::address::Address;
use crate::http::Http;
use crate::launcher::{Identity, PidFile, PidFileError};
use crate::server::Server;
use crate::tls::TlsErrors;

pub(crate) use aside::aside;
pub use enabled::Enabled;
pub use faults::Faults;
pub use overrides::Overrides;
use refused::Written;
pub(crate) use source::Source;

/// An app by name with its server: nova's `WSGIService`.
///
/// Nothing is created or listened on yet: a service is what a [`Launcher`](crate::Launcher) starts
/// workers for, and it can be found again in the same file when that has changed.
#[derive(Clone)]
pub struct Service {
    loader: Loader,
    source: Source,
    settings: Http,
    overrides: Overrides,
    /// The section that says how it is served; `None` for the default.
    server: Option<Context>,
    /// Where it says of which files TLS is, if not there.
    tls: Option<Written>,
    place: Option<Place>,
}

impl Service {
    /// The service of this name, or `main`: app `NAME`, served as `[server:NAME]` says, or nova's
    /// options `NAME_listen`, `NAME_listen_port` and `NAME_workers` in `[DEFAULT]`, or `[server:main]`,
    /// or else by one worker on 127.0.0.1:8080.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the app's sections and the server's, short of what factories say:
    /// none is called but the server's.
    pub fn from_config<'a>(
        loader: &Loader,
        name: impl Into<Option<&'a str>>,
    ) -> Result<Service, Problems> {
        Service::with(loader, name.into(), &Overrides::default())
    }

    /// As [`from_config`](Service::from_config), with what a command line says.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn with(
        loader: &Loader,
        name: Option<&str>,
        overrides: &Overrides,
    ) -> Result<Service, Problems> {
        let mut problems = Vec::new();
        match Service::attempt(loader, name, overrides, &mut problems) {
            Some(service) if problems.is_empty() => Ok(service),
            _ => Err(Problems(problems)),
        }
    }

    /// The service as far as it can be told how it is served, and what is wrong with it.
    fn attempt(
        loader: &Loader,
        name: Option<&str>,
        overrides: &Overrides,
        problems: &mut Vec<Problem>,
    ) -> Option<Service> {
        let source = Source::new(loader, name);
        let app = source.context(loader).map_err(|wrong| problems.extend(wrong)).ok();
        let found = Service::find_server(loader, name).and_then(|(kind, context)| match kind {
            Kind::Http(server) => Ok((server, context)),
            Kind::Foreign(_) => Err(Problems::from(foreign(context.as_ref()))),
        });
        let (server, context) = found.map_err(|wrong| problems.extend(wrong)).ok()?;
        let mut settings = server.settings().clone();
        let local = context.as_ref().map(Context::local_conf);
        let is_own = name.is_some_and(|name| {
            context.as_ref().and_then(Context::section) == Some(&format!("server:{name}"))
        });
        let mut place = context.as_ref().and_then(place_of_address);
        let mut tls = None;
        if let Some(name) = name {
            let (app, before) = (app?, problems.len());
            let given = nova::Given { name, section: local.filter(|_| is_own) };
            place = given.apply(app.global_conf(), &mut settings, problems).or(place);
            match encrypted::encrypt(loader, &app, context.as_ref(), name, &mut settings) {
                Ok(written) => tls = written,
                Err(problem) => problems.push(problem),
            }
            if problems.len() > before {
                return None;
            }
        }
        let overrides = overrides.clone();
        overrides.apply(&mut settings);
        let place = place.filter(|_| overrides.listen.is_empty());
        let loader = loader.clone();
        Some(Service { loader, source, settings, overrides, server: context, tls, place })
    }

    /// What is wrong with nova's options for the app of this name, where the app and its server are found.
    fn wrong_defaults(loader: &Loader, name: &str) -> Vec<Problem> {
        let source = Source::new(loader, Some(name));
        let is_found = source.context(loader).is_ok()
            && matches!(Service::find_server(loader, Some(name)), Ok((Kind::Http(_), _)));
        let mut problems = Vec::new();
        if is_found {
            Service::attempt(loader, Some(name), &Overrides::default(), &mut problems);
        }
        problems
    }

    /// The app of this name, or the main one, which may be in a section without a name.
    ///
    /// # Errors
    ///
    /// As [`Loader::context`].
    pub fn find_app(loader: &Loader, name: Option<&str>) -> Result<Context, Problems> {
        find(loader, Group::App, name)
    }

    /// The server of an app's name, else the main one, else the default.
    ///
    /// # Errors
    ///
    /// What is wrong with its section.
    pub fn find_server(
        loader: &Loader,
        name: Option<&str>,
    ) -> Result<(Kind, Option<Context>), Problems> {
        let declared = loader.declared();
        let mut servers = declared.iter().filter(|it| it.group == Group::Server);
        let named = name.filter(|name| servers.clone().any(|it| it.name.as_deref() == Some(name)));
        let has_main = servers.any(|it| it.name.as_deref().is_none_or(|name| name == "main"));
        if named.is_none() && !has_main {
            return Ok((Kind::Http(Server::default()), None));
        }
        let context = find(loader, Group::Server, named)?;
        let server = context.create_server(Registry::linked())?;
        let as_http = (&*server as &dyn Any).downcast_ref::<Server>().cloned();
        let kind = as_http.map_or(Kind::Foreign(server), Kind::Http);
        Ok((kind, Some(context)))
    }

    /// Whether the server of this name says who workers are, and they can be; also when nothing is known of it.
    fn names_somebody(loader: &Loader, name: Option<&str>) -> bool {
        let is_declared = |name: &&str| {
            let declared = loader.declared();
            declared.iter().any(|it| it.group == Group::Server && it.name.as_deref() == Some(*name))
        };
        let Ok(server) = find(loader, Group::Server, name.filter(is_declared)) else {
            return Identity::is_changed(Some(""), None);
        };
        let local = server.local_conf();
        Identity::is_changed(local.text("user"), local.text("group"))
    }

    /// The same service as another reading of its file has it.
    ///
    /// # Errors
    ///
    /// As [`from_config`](Service::from_config).
    pub(crate) fn again(&self, loader: &Loader) -> Result<Service, Problems> {
        Service::with(loader, self.source.name.as_deref(), &self.overrides)
    }

    /// The files it was found in.
    pub fn loader(&self) -> &Loader {
        &self.loader
    }

    /// The name of its app.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The file it was found in.
    pub fn file(&self) -> &std::path::Path {
        &self.source.file
    }

    /// Every file that was read for it or is to be, also where it is not there: those of the configuration, secret
    /// files, those that its settings name, and what the factories of its app have read, where that was created
    /// in this process.
    pub fn files(&self) -> Vec<PathBuf> {
        let tls = self.settings.tls_files();
        let tls = tls.cert.into_iter().chain(tls.key).chain(tls.client_ca);
        self.loader.sought().into_iter().chain(tls).collect()
    }

    /// How it is served.
    pub fn settings(&self) -> &Http {
        &self.settings
    }

    /// Where the file says where it is served; `None` for the default, and where the command line says so.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Where the file says this one of its addresses.
    fn place_of(&self, address: &Address) -> Option<Place> {
        self.place.as_ref().map(|place| refused::part(place, &address.to_string()))
    }

    /// The section that says so, as written between the brackets.
    pub fn section(&self) -> Option<&str> {
        self.server.as_ref()?.section()
    }

    /// Logs how it is served and what `[DEFAULT]` says, at the level of debugging; without secrets.
    pub fn log_options(&self) {
        let (service, settings) = (self.name(), &self.settings);
        tracing::debug!(service, file = ?self.file(), ?settings, "to be served");
        let Ok(app) = self.source.context(&self.loader) else { return };
        for (option, value) in app.global_conf().iter() {
            let is_secret = looks_secret(option, value.text());
            let value = if is_secret { Value::MASK } else { value.shown() };
            tracing::debug!(service, option, value, "in [DEFAULT], or the caller's");
        }
    }

    /// Creates the app, with what its server wants around it. Factories may ask for a runtime.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what the app needs, and with the access log.
    pub fn create_app(&self) -> Result<App, Problems> {
        self.source.create(&self.loader, &self.settings)
    }

    /// Checks that a process that starts no workers can serve it: it stays who it is.
    ///
    /// # Errors
    ///
    /// When the settings say who serves, and that is somebody else.
    pub fn check_alone(&self) -> Result<(), Problems> {
        let (user, group) = (self.settings.user.as_deref(), self.settings.group.as_deref());
        let key = if user.is_some() { "user" } else { "group" };
        match Identity::resolve(user, group) {
            Ok(Some(identity)) if !identity.is_of_this_process() => {
                let error = SettingError::new(key, "cannot be changed to without workers");
                Err(self.refused(error.help("set `workers` to 1 or more, or start as that user")))
            }
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(error)),
        }
    }

    /// What is wrong with a setting, at the line that says it.
    pub fn refused(&self, error: SettingError) -> Problems {
        refused::setting(self.server.as_ref(), error)
    }

    /// Has `write` write the pid file that the settings ask for, if they do.
    ///
    /// # Errors
    ///
    /// Why there is none, with the place where the file asks for one.
    pub fn pid_file(
        &self,
        write: impl FnOnce(&Path) -> Result<PidFile, PidFileError>,
    ) -> Result<Option<PidFile>, String> {
        let written = self.settings.pid_file.as_deref().map(write);
        written.transpose().map_err(|error| self.refused_pid_file(&error))
    }

    fn refused_pid_file(&self, error: &PidFileError) -> String {
        let in_file = self.server.as_ref().filter(|_| self.overrides.pid_file.is_none());
        let place = in_file.and_then(|server| {
            let option = |name| server.local_conf().get(name)?.origin().value_place();
            ["pid_file", "pidfile"].into_iter().find_map(option)
        });
        let place = place.map_or_else(String::new, |place| format!("\n --> {place}"));
        format!("error: {error}{place}")
    }

    /// What is wrong with the files of TLS, at the lines that name them.
    pub fn refused_files(&self, errors: &TlsErrors) -> Problems {
        refused::files(self.server.as_ref(), self.tls.as_ref(), errors)
    }

    /// Sets how many workers serve it.
    ///
    /// # Errors
    ///
    /// For none: nothing would be served.
    pub(crate) fn set_workers(&mut self, workers: usize) -> Result<(), SettingError> {
        if workers == 0 {
            return Err(SettingError::new("workers", "must be at least 1"));
        }
        self.overrides.workers = Some(workers);
        self.settings.workers = workers;
        Ok(())
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Service");
        fields.field("source", &self.source).field("settings", &self.settings);
        fields.finish_non_exhaustive()
    }
}

/// What serves.
pub enum Kind {
    /// impasto's own server.
    Http(Server),
    /// Any other, of which nothing is known but that it serves.
    Foreign(Box<dyn Serve>),
}

/// What a name means; without one, PasteDeploy takes a section without a name, too.
fn find(loader: &Loader, group: Group, name: Option<&str>) -> Result<Context, Problems> {
    let declared = loader.declared();
    let mut unnamed = declared.iter().filter(|it| it.group == group && it.name.is_none());
    match (name, unnamed.next()) {
        (None, Some(unnamed)) => loader.resolve_declared(unnamed),
        (name, _) => loader.context(group, name.unwrap_or("main")),
    }
}

/// The option of a server section that says where it listens, else the section itself.
fn place_of_address(server: &Context) -> Option<Place> {
    let options = ["listen", "bind", "unix_socket", "port", "host"].into_iter();
    let mut written =
        options.filter_map(|name| server.local_conf().get(name)?.origin().value_place());
    written.next().or_else(|| server.place())
}

fn foreign(context: Option<&Context>) -> Problem {
    let message = "a server that is not impasto's own cannot have workers";
    let place = context.and_then(|context| context.place());
    Problem::error(impasto::Code::BadValue, message).at(place)
}
