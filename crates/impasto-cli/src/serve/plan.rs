//! Which app is served by which server.

use std::any::Any;

use impasto::{App, Context, Group, Loader, Place, Problem, Problems, Registry, Serve};
use impasto_server::Server;

use super::address;

/// An app with its server, both created.
pub(super) struct Service {
    /// The name of the app.
    pub(super) name: String,
    pub(super) app: App,
    pub(super) server: Kind,
    /// Where the file says so; `None` for the default server.
    pub(super) place: Option<Place>,
    /// The section of the server, as written between the brackets.
    pub(super) section: Option<String>,
}

/// What serves.
pub(super) enum Kind {
    /// impasto's own server, which says where it listens and stops when it is told to.
    Http(Server),
    /// Any other, of which nothing is known but that it serves.
    Foreign(Box<dyn Serve>),
}

/// Creates the apps of these names, or `main`, with their servers.
///
/// # Errors
///
/// Everything that is wrong with what they need, with the linked factories, and with the addresses
/// they come to.
pub(super) fn services(loader: &Loader, names: &[String]) -> Result<Vec<Service>, Problems> {
    let mut faults = Faults(Registry::linked().problems().to_vec());
    let unnamed = [None];
    let named: Vec<Option<&str>> = names.iter().map(|name| Some(name.as_str())).collect();
    let names = if named.is_empty() { &unnamed[..] } else { &named };
    let mut services = Vec::new();
    for name in names {
        let app = find(loader, Group::App, *name)
            .and_then(|context| context.create_app(Registry::linked()));
        let app = faults.keep(app);
        let server = faults.keep(server(loader, *name));
        if let (Some(app), Some((server, context))) = (app, server) {
            let section = context.as_ref().and_then(Context::section).map(str::to_owned);
            let place = context.as_ref().and_then(address::place);
            let name = name.unwrap_or("main").to_owned();
            services.push(Service { name, app, server, place, section });
        }
    }
    if faults.0.is_empty() {
        faults.0 = address::collisions(&services);
    }
    match faults.0.is_empty() {
        true => Ok(services),
        false => Err(Problems(faults.0)),
    }
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

/// The server of the app's name, else the main one, else the default.
fn server(loader: &Loader, name: Option<&str>) -> Result<(Kind, Option<Context>), Problems> {
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

/// Problems, each once: two apps may fail for one reason.
struct Faults(Vec<Problem>);

impl Faults {
    fn keep<T>(&mut self, made: Result<T, Problems>) -> Option<T> {
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
