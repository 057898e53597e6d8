//! What a request meets, told with the reasons.

mod json;
mod text;
mod value;

pub use value::Where;

use impasto::{Context, Group, Loader, Problems};

use crate::{Question, Way, entrance};

/// The way to what answers, for people (its `Display`) and for programs.
pub struct Explanation {
    app: Context,
    question: Option<Question>,
    way: Way,
}

impl Explanation {
    /// What a request meets. `app` is a name, or a section as it is written (`pipeline:api`); without one it
    /// is the [`entrance`].
    ///
    /// # Errors
    ///
    /// What is wrong with the app as a whole. What is wrong further on is part of the [`Way`].
    pub fn of_request(
        loader: &Loader,
        app: Option<&str>,
        question: &Question,
    ) -> Result<Explanation, Problems> {
        let app = match app {
            Some(app) => named(loader, app)?,
            None => entrance(loader, Some(question))?,
        };
        let way = Way::of(&app, &mut question.exchange());
        Ok(Explanation { app, question: Some(question.clone()), way })
    }

    /// What requests to an app may meet, all ways together; also a filter or a server by itself.
    ///
    /// # Errors
    ///
    /// As [`of_request`](Explanation::of_request).
    pub fn of_app(loader: &Loader, app: Option<&str>) -> Result<Explanation, Problems> {
        let app = match app {
            Some(app) => named(loader, app).map_err(|problems| hinted(loader, app, problems))?,
            None => entrance(loader, None)?,
        };
        let way = Way::all(&app);
        Ok(Explanation { app, question: None, way })
    }

    /// The way.
    pub fn way(&self) -> &Way {
        &self.way
    }
}

/// What a person means by `main`, `app:main` or `filter:cors`.
pub(crate) fn named(loader: &Loader, word: &str) -> Result<Context, Problems> {
    let (group, name) = meant(word);
    loader.context(group, &name)
}

/// The same problems; where a filter or a server has the name, how to ask for that.
pub(crate) fn hinted(loader: &Loader, word: &str, mut problems: Problems) -> Problems {
    let declared = loader.declared();
    let others = declared.iter().filter(|it| it.group != Group::App);
    let other = others.into_iter().find(|it| it.name.as_deref() == Some(word));
    if let (Some(other), [problem]) = (other, &mut problems.0[..]) {
        problem.help.push(format!("`{}` is how it is called here", other.section));
    }
    problems
}

fn meant(word: &str) -> (Group, String) {
    let name = |name: &str| name.trim().to_owned();
    match word.split_once(':') {
        Some(("filter", rest)) => (Group::Filter, name(rest)),
        Some(("server", rest)) => (Group::Server, name(rest)),
        Some((kind, rest)) if APPS.contains(&kind) => (Group::App, name(rest)),
        _ => (Group::App, word.to_owned()),
    }
}

/// The kinds of section that are apps.
const APPS: [&str; 6] = ["app", "application", "composite", "composit", "pipeline", "filter-app"];
