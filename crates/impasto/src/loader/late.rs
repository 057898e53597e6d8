//! What fails only once somebody asks for it: a warning, for what is served does not need it.
//!
//! PasteDeploy looks at nothing but what is loaded, so files ship with a pipeline whose app nobody has written. Only
//! that is a warning: whatever else is wrong with a section is an error, also where nothing leads to it.

use std::collections::HashSet;

use super::context::Context;
use super::expand::{Children, Pipeline};
use super::load::Declaration;
use crate::problem::Problem;
use crate::registry::Group;

/// The apps that serving reaches by itself.
pub(super) struct Served {
    has_main: bool,
    /// The names of servers.
    servers: HashSet<Option<String>>,
}

impl Served {
    pub(super) fn of(declared: &[Declaration]) -> Served {
        let servers = declared.iter().filter(|it| it.group == Group::Server);
        Served {
            has_main: declared.iter().any(is_main),
            servers: servers.map(|server| server.name.clone()).collect(),
        }
    }

    /// Whether it is `main` or has a server of its own name. In a file without a `main`, only who calls knows which
    /// apps are served.
    pub(super) fn reaches(&self, app: &Declaration) -> bool {
        !self.has_main || is_main(app) || self.servers.contains(&app.name)
    }
}

fn is_main(app: &Declaration) -> bool {
    app.group == Group::App && app.name.as_deref().is_none_or(|name| name == "main")
}

/// Whether a pipeline or a composite names an app that is not there.
pub(super) fn lacks_app(problem: &Problem) -> bool {
    let is_app = problem.lacks.as_ref().is_some_and(|lacks| lacks.group == Group::App);
    is_app && problem.key.as_deref() != Some("use")
}

/// What a well-known composite would fail at only when a setting or a request asks for it.
pub(super) fn of_choices(context: &Context) -> Vec<Problem> {
    let resolved = match context.children() {
        None => return Vec::new(),
        Some(Children::Mounts(mounts)) => mounts.into_iter().map(|(_, app)| app).collect(),
        Some(Children::Pipelines(pipelines)) => {
            let all = |(_, Pipeline { mut filters, app })| {
                filters.push(app);
                filters
            };
            pipelines.into_iter().flat_map(all).collect::<Vec<_>>()
        }
    };
    resolved.into_iter().filter_map(Result::err).flatten().collect()
}
