//! What factories make.

use std::fmt;

/// What a factory makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// An app: PasteDeploy's `paste.app_factory`.
    App,
    /// A filter: PasteDeploy's `paste.filter_factory`.
    Filter,
    /// An app made of other apps, which it loads by name: PasteDeploy's `paste.composite_factory`.
    Composite,
    /// A server: PasteDeploy's `paste.server_factory`.
    Server,
}

impl Kind {
    /// The group that a reference to such a factory is looked up in.
    pub fn group(self) -> Group {
        match self {
            Kind::App | Kind::Composite => Group::App,
            Kind::Filter => Group::Filter,
            Kind::Server => Group::Server,
        }
    }

    /// `"app"`, `"filter"`, `"composite"` or `"server"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::App => "app",
            Kind::Filter => "filter",
            Kind::Composite => "composite",
            Kind::Server => "server",
        }
    }
}

/// Factories among which a reference means one. The same reference may mean an app, a filter and a
/// server, as PasteDeploy's entry point groups let it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Apps and composites.
    App,
    /// Filters.
    Filter,
    /// Servers.
    Server,
}

impl Group {
    pub(crate) const ALL: [Group; 3] = [Group::App, Group::Filter, Group::Server];

    /// `"app"`, `"filter"` or `"server"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Group::App => "app",
            Group::Filter => "filter",
            Group::Server => "server",
        }
    }

    /// With its article, for sentences.
    pub(crate) fn a(self) -> &'static str {
        match self {
            Group::App => "an app",
            Group::Filter => "a filter",
            Group::Server => "a server",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
