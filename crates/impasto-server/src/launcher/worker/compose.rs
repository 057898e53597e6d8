//! Creates what a worker serves, and says what is wrong with it.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use impasto::{App, Loader, Problem, Problems};

use super::super::order::Order;
use crate::tls::Acceptor;

/// Remembers what is wrong with the parts of the file that are not served: a reload may not add to it.
#[derive(Clone, Debug)]
pub(super) struct Composer {
    /// `None` where another worker looks at them.
    elsewhere: Option<Arc<Known>>,
}

/// What is wrong elsewhere, once somebody has looked.
type Known = LazyLock<HashSet<Elsewhere>, Box<dyn FnOnce() -> HashSet<Elsewhere> + Send>>;

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
    /// What the process begins with. A runtime must have been entered, here and for all else.
    ///
    /// # Errors
    ///
    /// What is wrong with what is served.
    pub(super) fn first(
        order: &mut Order,
        checks_all: bool,
    ) -> Result<(Composer, Composed), Refused> {
        let (loader, composed) = compose(order)?;
        let look = move || {
            let errors = errors(&loader);
            errors.iter().for_each(|problem| tracing::warn!("{}", problem.line()));
            errors.iter().map(key).collect()
        };
        Ok((Composer { elsewhere: checks_all.then(|| known(look)) }, composed))
    }

    /// Logs what is wrong elsewhere, if nobody has looked yet.
    ///
    /// That is for when the worker is ready: it calls factories whose work nobody asks for, as long as they like.
    pub(super) fn look_elsewhere(&self) {
        self.elsewhere.iter().for_each(|known| _ = LazyLock::force(known));
    }

    /// What may come next.
    ///
    /// # Errors
    ///
    /// What is wrong with what is served, and errors elsewhere that were not there before. What would only fail
    /// when it is asked for is logged.
    pub(super) fn next(&mut self, order: &mut Order) -> Result<Composed, Refused> {
        let (loader, composed) = compose(order)?;
        if let Some(elsewhere) = &mut self.elsewhere {
            let errors = errors(&loader);
            let is_new = |problem: &&Problem| !elsewhere.contains(&key(problem));
            let new: Vec<Problem> = errors.iter().filter(is_new).cloned().collect();
            let new = Problems(new);
            if new.has_errors() {
                return Err(Refused::new(&loader, new));
            }
            new.iter().for_each(|problem| tracing::warn!("{}", problem.line()));
            let keys: HashSet<Elsewhere> = errors.iter().map(key).collect();
            *elsewhere = known(move || keys);
        }
        Ok(composed)
    }
}

fn known(look: impl FnOnce() -> HashSet<Elsewhere> + Send + 'static) -> Arc<Known> {
    Arc::new(LazyLock::new(Box::new(look)))
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
    checked.filter(Problem::concerns_serving).collect()
}

fn key(problem: &Problem) -> Elsewhere {
    (problem.code.as_str(), problem.message.clone(), problem.section.clone())
}
