//! Where an app is found, told to other processes.

use std::path::PathBuf;

use impasto::{App, Context, Loader, Problems, Registry, Snapshot};
use serde::{Deserialize, Serialize};

use super::{Service, refused};
use crate::http::Http;

/// Where an app is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub(super) file: PathBuf,
    globals: Vec<(String, String)>,
    /// `None` for the main app, which may be in a section without a name.
    pub(crate) name: Option<String>,
}

impl Source {
    pub(super) fn new(loader: &Loader, name: Option<&str>) -> Source {
        let globals = loader.global_conf().into_iter().flat_map(|conf| conf.iter());
        Source {
            file: loader.path().to_owned(),
            globals: globals
                .map(|(name, value)| (name.to_string(), value.text().to_owned()))
                .collect(),
            name: name.map(str::to_owned),
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("main")
    }

    /// Opens the file; what a snapshot has of it is not read again.
    pub(crate) fn open(&self, snapshot: Snapshot) -> Result<Loader, Problems> {
        let globals = self.globals.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Loader::open_snapshot(snapshot, &self.file, globals)
    }

    /// Whether both are read from one file in one way.
    pub(crate) fn shares_file(&self, other: &Source) -> bool {
        self.file == other.file && self.globals == other.globals
    }

    pub(super) fn context(&self, loader: &Loader) -> Result<Context, Problems> {
        Service::find_app(loader, self.name.as_deref())
    }

    /// Creates the app, with what the settings of its server want around it. Factories may ask for a
    /// runtime.
    pub(crate) fn create(&self, loader: &Loader, settings: &Http) -> Result<App, Problems> {
        let app = self.context(loader).and_then(|app| app.create_app(Registry::linked()));
        let log = settings.access_log().map_err(|error| {
            let server = Service::find_server(loader, self.name.as_deref());
            let section = server.ok().and_then(|(_, section)| section);
            refused::setting(section.as_ref(), error)
        });
        match (app, log) {
            (Ok(app), Ok(log)) => Ok(app.filtered(log.as_slice())),
            (app, log) => {
                let problems = [app.err(), log.err()].into_iter().flatten().flatten();
                Err(Problems(problems.collect()))
            }
        }
    }
}
