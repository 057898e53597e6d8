//! Everything that can be wrong with a configuration, as values.
//!
//! A [`Problem`] says what is wrong, where, and what would be right. Loading collects as many as it
//! can and returns them together as [`Problems`]; nothing in this crate prints.

mod code;
mod edit;
mod json;
mod masked;
mod nearest;
mod place;
mod render;
mod short;
mod span;

pub use code::Code;
pub use edit::Edit;
pub(crate) use edit::Fix;
pub(crate) use nearest::certain;
pub use nearest::nearest;
pub use place::{Place, Source};
pub(crate) use span::Span;

use std::fmt;

use crate::registry::Group;

/// A text as it may stand in a sentence: what is behind its first line is left out.
pub(crate) fn first_line(text: &str) -> std::borrow::Cow<'_, str> {
    let text = text.trim_start_matches(['\n', '\r']);
    match text.split_once(['\n', '\r']) {
        Some((line, _)) => format!("{} ...", line.trim_end()).into(),
        None => text.into(),
    }
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration works, but not as its text suggests.
    Warning,
    /// What the text asks for cannot be built.
    Error,
}

impl Severity {
    /// `"warning"` or `"error"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing wrong in a configuration: what, where, why, and what would be right.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Whether this stops the load.
    pub severity: Severity,
    /// The kind of problem, stable across releases.
    pub code: Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where it is wrong; `None` when no file says it (a command line, a linked crate).
    pub place: Option<Place>,
    /// The section it is in, as written between the brackets.
    pub section: Option<String>,
    /// The option it is in, as written.
    pub key: Option<String>,
    /// What would be right, one line each.
    pub help: Vec<String>,
    /// Other places that explain this one.
    pub labels: Vec<(Place, String)>,
    /// The references that led here, nearest first.
    pub needed_by: Vec<Need>,
    /// The reference that nothing provides, exactly as written in the file.
    pub reference: Option<String>,
    pub(crate) fix: Fix,
    pub(crate) lacks: Option<Box<Lacks>>,
}

/// The name that no section has, and what it would be. In a box, for problems are returned by value.
#[derive(Clone, Debug)]
pub(crate) struct Lacks {
    pub(crate) name: String,
    pub(crate) group: Group,
    /// The header of the section that is suggested in its place.
    pub(crate) near: Option<Place>,
}

/// One step of the trail that led to a problem: an option that names the next section.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// Where the name is written; `None` when a caller asked for it.
    pub place: Option<Place>,
    /// The section that names it, as written between the brackets; empty for a caller.
    pub section: String,
    /// The option that names it.
    pub key: String,
}

impl Problem {
    /// A problem that stops the load.
    pub fn error(code: Code, message: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Error,
            code,
            message: short::short(message.into()),
            place: None,
            section: None,
            key: None,
            help: Vec::new(),
            labels: Vec::new(),
            needed_by: Vec::new(),
            reference: None,
            fix: Fix::Unknown,
            lacks: None,
        }
    }

    /// A problem that only `check` shows.
    pub fn warning(code: Code, message: impl Into<String>) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::error(code, message) }
    }

    /// Whether a server tells it, too: that something cannot be built, be it only once somebody asks for it, or that
    /// a setting counts for nothing.
    pub fn concerns_serving(&self) -> bool {
        self.severity == Severity::Error
            || matches!(self.code, Code::LateFailure | Code::UnusedSetting)
    }

    /// Says where.
    pub fn at(mut self, place: impl Into<Option<Place>>) -> Problem {
        self.place = place.into();
        self
    }

    /// Says in which section, as written between the brackets.
    pub fn section(mut self, section: impl Into<String>) -> Problem {
        self.section = Some(section.into());
        self
    }

    /// Says in which option.
    pub fn key(mut self, key: impl Into<String>) -> Problem {
        self.key = Some(key.into());
        self
    }

    /// Adds a line of help.
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help.push(short::short(help.into()));
        self
    }

    /// Points at another place that explains this one.
    pub fn label(mut self, place: Place, text: impl Into<String>) -> Problem {
        self.labels.push((place, short::short(text.into())));
        self
    }

    /// Names the reference that nothing provides.
    pub fn reference(mut self, reference: impl Into<String>) -> Problem {
        self.reference = Some(reference.into());
        self
    }

    /// Suggests the nearest of `known`, if one is near enough to `name`.
    pub fn suggest<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Problem {
        let known: Vec<&str> = known.into_iter().collect();
        let is_certain = certain(name, known.iter().copied()).is_some();
        match nearest(name, known) {
            Some(near) => self.meant(name, near, is_certain),
            None => self,
        }
    }

    /// Suggests a name in the place of the one that is written.
    pub(crate) fn meant(mut self, written: &str, near: &str, is_certain: bool) -> Problem {
        if is_certain {
            self.fix = Fix::Name { written: written.to_owned(), right: near.to_owned() };
        }
        self.help(format!("did you mean `{near}`?"))
    }

    /// What puts it right without a doubt, all of it; empty when a person has to choose.
    pub fn fix(&self) -> Vec<Edit> {
        match &self.fix {
            Fix::Unknown => Vec::new(),
            Fix::Edits(edits) => edits.clone(),
            Fix::Name { written, right } => {
                let Some(place) = &self.place else { return Vec::new() };
                let mut found = place.text().match_indices(written.as_str());
                match (found.next(), found.next()) {
                    (Some((at, _)), None) => {
                        let place = place.narrow(at..at + written.len());
                        vec![Edit { place, text: right.clone() }]
                    }
                    _ => Vec::new(),
                }
            }
        }
    }
}

/// What was wrong, all of it: the error of everything that loads.
///
/// Its `Display` is the plain rendering that people read, see [`Problems::render`].
#[derive(Clone, Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Whether any of them stops the load.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems, in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Problems {
        Problems(vec![problem])
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}
