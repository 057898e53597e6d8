//! Creates what a worker serves, and says what is wrong with it.

use std::collections::HashSet;
use std::path::PathBuf;

use impasto::{App, Loader, Problem, Problems};
use tokio::runtime::Runtime;

use super::super::order::Order;
use crate::tls::Acceptor;

/// Remembers what is wrong with the parts of the file that are not served: a reload may not add to it.
#[derive(Clone, Debug)]
pub(super) struct Composer {
    checks_all: bool,
    elsewhere: HashSet<Elsewhere>,
}

/// What is served, and how connections are encrypted.
pub(super) struct Composed {
    pub(super) app: App,
    pub(super) tls: Option<Acceptor>,
    /// The files that factories have read.
    pub(super) reads: Vec<PathBuf>,
}

/// What is wrong with what is to be served, or with another part.
pub(super) struct Refused {
    pub(super) text: String,
    /// The files that were looked for.
    pub(super) sought: Vec<PathBuf>,
}

impl Refused {
    fn new(loader: &Loader, wrong: impl ToString) -> Refused {
        Refused { text: wrong.to_string(), sought: loader.sought() }
    }
}

/// An error in a part that is not served. Its line is not part of it: lines move.
type Elsewhere = (&'static str, String, Option<String>);

impl Composer {
    pub(super) fn new(checks_all: bool) -> Composer {
        Composer { checks_all, elsewhere: HashSet::new() }
    }

    /// What the process begins with. Errors elsewhere are logged.
    pub(super) fn first(
        &mut self,
        order: &mut Order,
        runtime: &Runtime,
    ) -> Result<Composed, Refused> {
        let _entered = runtime.enter();
        let (loader, composed) = compose(order)?;
        if self.checks_all {
            let errors = errors(&loader);
            errors.iter().for_each(|problem| tracing::warn!("{}", problem.line()));
            self.elsewhere = errors.iter().map(key).collect();
        }
        Ok(composed)
    }

    /// What may come next. A runtime must have been entered.
    ///
    /// # Errors
    ///
    /// What is wrong with what is served, and errors elsewhere that were not there before. What would only fail
    /// when it is asked for is logged.
    pub(super) fn next(&mut self, order: &mut Order) -> Result<Composed, Refused> {
        let (loader, composed) = compose(order)?;
        if self.checks_all {
            let errors = errors(&loader);
            let is_new = |problem: &&Problem| !self.elsewhere.contains(&key(problem));
            let new: Vec<Problem> = errors.iter().filter(is_new).cloned().collect();
            let new = Problems(new);
            if new.has_errors() {
                return Err(Refused::new(&loader, new));
            }
            new.iter().for_each(|problem| tracing::warn!("{}", problem.line()));
            self.elsewhere = errors.iter().map(key).collect();
        }
        Ok(composed)
    }
}

/// Takes the texts from the order: nobody needs them again.
fn compose(order: &mut Order) -> Result<(Loader, Composed), Refused> {
    let snapshot = std::mem::take(&mut order.snapshot);
    let loader = order
        .source
        .open(snapshot)
        .map_err(|problems| Refused { text: problems.to_string(), sought: Vec::new() })?;
    let app = order.source.create(&loader, &order.settings);
    let app = app.map_err(|problems| Refused::new(&loader, problems))?;
    let tls = order.settings.acceptor(&|path| order.tls.get(path));
    let tls = tls.map_err(|errors| Refused::new(&loader, errors))?;
    let reads = loader.read_by_factories();
    Ok((loader, Composed { app, tls, reads }))
}

fn errors(loader: &Loader) -> Vec<Problem> {
    let checked = loader.check().into_iter();
    checked.filter(Problem::is_failure).collect()
}

fn key(problem: &Problem) -> Elsewhere {
    (problem.code.as_str(), problem.message.clone(), problem.section.clone())
}
