//! Why a change cannot be made.

use impasto::Problems;
use thiserror::Error;

/// Why a text cannot be changed as asked for.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum EditError {
    /// A section that is not there.
    #[error("there is no [{name}] in {file}")]
    NoSection {
        /// Its name, as it was given.
        name: String,
        /// The file.
        file: String,
        /// The nearest that is there.
        near: Option<String>,
    },
    /// An option that is not there.
    #[error("there is no `{key}` in [{section}]")]
    NoOption {
        /// The section.
        section: String,
        /// The option, as it was given.
        key: String,
        /// The nearest that is there.
        near: Option<String>,
    },
    /// A pipeline that is not there.
    #[error("there is no pipeline `{name}` in {file}")]
    NoPipeline {
        /// Its name, as it was given.
        name: String,
        /// The file.
        file: String,
        /// The nearest that is there.
        near: Option<String>,
    },
    /// A composite has several pipelines, and none of them was named.
    #[error("[{section}] has several pipelines: {}", choices.join(", "))]
    SeveralPipelines {
        /// The composite.
        section: String,
        /// Its options that are pipelines.
        choices: Vec<String>,
    },
    /// A filter that a pipeline does not have.
    #[error("there is no filter `{filter}` in the pipeline `{pipeline}`")]
    NoFilter {
        /// The pipeline.
        pipeline: String,
        /// The filter, as it was given.
        filter: String,
        /// The nearest that is there.
        near: Option<String>,
    },
    /// A filter that a pipeline has, but elsewhere.
    #[error("the pipeline `{pipeline}` has `{filter}` already, at another place")]
    Elsewhere {
        /// The pipeline.
        pipeline: String,
        /// The filter.
        filter: String,
    },
    /// A filter that a pipeline has more than once.
    #[error("the pipeline `{pipeline}` has `{filter}` more than once")]
    Twice {
        /// The pipeline.
        pipeline: String,
        /// The filter.
        filter: String,
    },
    /// The last word of a pipeline, where a filter is asked for.
    #[error("`{app}` is the app of the pipeline `{pipeline}`, and no filter")]
    IsTheApp {
        /// The pipeline.
        pipeline: String,
        /// Its app.
        app: String,
    },
    /// A name that is taken.
    #[error("[{0}] is already there")]
    Exists(String),
    /// What no line of the file can say.
    #[error("{what} cannot be written: {why}")]
    Unwritable {
        /// What it is.
        what: String,
        /// The reason.
        why: &'static str,
    },
    /// The new text would have errors that the old had not.
    #[error("nothing was changed, for the file would have errors that it has not now:\n\n{0}")]
    Worse(Problems),
}

impl EditError {
    /// What would be right, if that is known.
    pub fn help(&self) -> Option<String> {
        let meant = |near: &str| format!("did you mean `{near}`?");
        match self {
            EditError::NoSection { near, .. }
            | EditError::NoOption { near, .. }
            | EditError::NoPipeline { near, .. }
            | EditError::NoFilter { near, .. } => near.as_deref().map(meant),
            EditError::SeveralPipelines { .. } => Some("say which with `--choice`".to_owned()),
            EditError::Elsewhere { .. } => Some("`move` gives it another place".to_owned()),
            EditError::IsTheApp { app, .. } => {
                Some(format!("filters stand before it: `--before {app}` is the innermost place"))
            }
            EditError::Twice { .. }
            | EditError::Exists(_)
            | EditError::Unwritable { .. }
            | EditError::Worse(_) => None,
        }
    }

    pub(crate) fn unwritable(what: impl Into<String>, why: &'static str) -> EditError {
        EditError::Unwritable { what: what.into(), why }
    }
}
