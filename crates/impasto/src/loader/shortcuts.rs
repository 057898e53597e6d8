//! PasteDeploy's functions: `loadapp`, `loadfilter`, `loadserver`, `appconfig`.

use super::conf::Conf;
use super::load::Loader;
use super::uri::{Uri, config_path};
use crate::compose::{App, Filter};
use crate::problem::Problems;
use crate::registry::{Group, Serve};

/// Loads the app that a URI names. `name` wins over a fragment of the URI; without either it is
/// `main`. A relative `config:` is relative to the current directory.
///
/// ```no_run
/// let app = impasto::load_app("config:api-paste.ini", "osapi_compute")?;
/// # Ok::<(), impasto::Problems>(())
/// ```
///
/// # Errors
///
/// Everything that is wrong with what the app needs.
pub fn load_app<'a>(uri: &str, name: impl Into<Option<&'a str>>) -> Result<App, Problems> {
    let (loader, name) = open(uri, name.into())?;
    loader.app(&name)
}

/// Loads the filter that a URI names, as [`load_app`] does an app.
///
/// # Errors
///
/// Everything that is wrong with what the filter needs.
pub fn load_filter<'a>(uri: &str, name: impl Into<Option<&'a str>>) -> Result<Filter, Problems> {
    let (loader, name) = open(uri, name.into())?;
    loader.filter(&name)
}

/// Loads the server that a URI names, as [`load_app`] does an app.
///
/// # Errors
///
/// Everything that is wrong with what the server needs.
pub fn load_server<'a>(
    uri: &str,
    name: impl Into<Option<&'a str>>,
) -> Result<Box<dyn Serve>, Problems> {
    let (loader, name) = open(uri, name.into())?;
    loader.server(&name)
}

/// The settings of the app that a URI names: its globals, updated with its own.
///
/// # Errors
///
/// Everything that is wrong with what the app needs.
pub fn app_config<'a>(uri: &str, name: impl Into<Option<&'a str>>) -> Result<Conf, Problems> {
    let (loader, name) = open(uri, name.into())?;
    Ok(loader.context(Group::App, &name)?.config())
}

impl Loader {
    /// Creates the app of this name.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what the app needs.
    pub fn app(&self, name: &str) -> Result<App, Problems> {
        self.context(Group::App, name)?.create_app(self.registry)
    }

    /// Creates the filter of this name.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what the filter needs.
    pub fn filter(&self, name: &str) -> Result<Filter, Problems> {
        self.context(Group::Filter, name)?.create_filter(self.registry)
    }

    /// Creates the server of this name.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what the server needs.
    pub fn server(&self, name: &str) -> Result<Box<dyn Serve>, Problems> {
        self.context(Group::Server, name)?.create_server(self.registry)
    }
}

/// A loader, and what to look up in it.
fn open(uri: &str, name: Option<&str>) -> Result<(Loader, String), Problems> {
    match Uri::parse(uri)? {
        Uri::Config { path, name: fragment } => {
            let path = config_path(&path, ".")?;
            let path = path.strip_prefix("./").unwrap_or(&path);
            let name = name.map(str::to_owned).or(fragment).unwrap_or_else(|| "main".into());
            Ok((Loader::open(path)?, name))
        }
        Uri::Egg { package, name: fragment } => {
            let name = name.or(fragment.as_deref()).unwrap_or("main");
            Ok((Loader::of_uris(), format!("egg:{package}#{name}")))
        }
        Uri::Call { .. } => Ok((Loader::of_uris(), uri.to_owned())),
    }
}
