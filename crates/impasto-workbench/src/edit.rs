//! Changes of a file that keep every byte they are not about.

mod checked;
mod error;
mod line;
pub(crate) mod names;
mod option;
mod pipeline;
pub(crate) mod references;
pub(crate) mod rename;
mod written;

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;

pub use checked::{Checked, check, new_errors};
pub use error::EditError;
pub(crate) use line::Line;
pub(crate) use pipeline::is_pipeline;

use crate::text::Text;

/// A change of a file. Sections are named as between the brackets, pipelines and filters by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Gives an option a value; an option that is new comes behind the others of its section. Lines of the
    /// value are parted by `\n`; white space around each is no part of it.
    Set {
        /// The section.
        section: String,
        /// The option.
        key: String,
        /// Its value, before interpolation.
        value: String,
        /// Begins the section at the end of the file if there is none.
        create: bool,
    },
    /// Takes an option out. Comments between the lines of its value stay.
    Unset {
        /// The section.
        section: String,
        /// The option.
        key: String,
    },
    /// Puts a filter into a pipeline: right around the app if nothing else is said. Where it is already
    /// there, nothing changes.
    Add {
        /// The pipeline.
        pipeline: Pipeline,
        /// The filter.
        filter: String,
        /// Its place.
        at: Option<Beside>,
    },
    /// Takes a filter out of a pipeline, as often as it is there.
    Remove {
        /// The pipeline.
        pipeline: Pipeline,
        /// The filter.
        filter: String,
    },
    /// Gives a filter of a pipeline another place.
    Move {
        /// The pipeline.
        pipeline: Pipeline,
        /// The filter.
        filter: String,
        /// Its new place.
        at: Beside,
    },
    /// Gives a section another name, and says the new one wherever the file refers to it.
    Rename {
        /// The section.
        section: String,
        /// Its new name, with or without the kind before it.
        to: String,
    },
}

/// A `[pipeline:NAME]`, or one of the pipelines among which a composite chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// The name, without its kind.
    pub name: String,
    /// The option of the composite; `keystone` or the only one if none is said.
    pub choice: Option<String>,
}

/// A place in a pipeline, which is read from the outside in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Right outside of this filter, or of the app.
    Before(String),
    /// Right inside of this filter.
    After(String),
}

impl Command {
    /// The text with the change. It is the same text where there is nothing to change.
    ///
    /// ```
    /// use impasto::Source;
    /// use impasto_workbench::edit::{Command, EditError};
    /// use impasto_workbench::Text;
    ///
    /// let text = "[app:main]\nuse = egg:x\n# how much\nlevel :  3   \n";
    /// let set = Command::Set {
    ///     section: "app:main".into(),
    ///     key: "level".into(),
    ///     value: "4".into(),
    ///     create: false,
    /// };
    /// let new = set.apply(&Text::new(Source::new("x.ini", text)))?;
    /// assert_eq!(new.as_str(), "[app:main]\nuse = egg:x\n# how much\nlevel :  4   \n");
    /// # Ok::<(), EditError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What is named is not there, or what is asked for cannot be written. Whether the new text means
    /// something is not looked at: [`check`] does that.
    pub fn apply(&self, text: &Text) -> Result<Text, EditError> {
        match self {
            Command::Set { section, key, value, create } => {
                option::set(text, section, key, value, *create)
            }
            Command::Unset { section, key } => option::unset(text, section, key),
            Command::Add { pipeline, filter, at } => {
                pipeline::add(text, pipeline, filter, at.as_ref())
            }
            Command::Remove { pipeline, filter } => pipeline::remove(text, pipeline, filter),
            Command::Move { pipeline, filter, at } => pipeline::shift(text, pipeline, filter, at),
            Command::Rename { section, to } => rename::rename(text, section, to),
        }
    }
}
