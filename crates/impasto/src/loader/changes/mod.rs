//! What an edit changed, for people.

mod compare;
mod moved;
mod pipeline;
mod show;
mod side;
#[cfg(test)]
mod tests;

pub use compare::looks_secret;

use super::load::Loader;
use crate::problem::Place;
use side::Side;

/// The differences between two readings of a file and all that it includes: sections, settings by their
/// effective values, mounts, and the filters of pipelines. Its `Display` is one line for each.
///
/// What makes no difference is not among them: how a value is written, comments, options that a default hides,
/// another way to say what a section has, the order of sections, and that of options unless the first that takes a
/// request has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes(pub Vec<Change>);

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The section, as written between the brackets.
    pub section: String,
    /// What is different about it.
    pub what: Difference,
    /// Where it stands in the old reading; `None` where it is new.
    pub old: Option<Place>,
    /// Where it stands in the new reading; `None` where it is gone.
    pub new: Option<Place>,
}

/// What is different about a section.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// An option is new, has another value or is gone. Values that are secrets or look like them are masked.
    Setting {
        /// Its name.
        key: String,
        /// The value it had.
        old: Option<String>,
        /// The value it has.
        new: Option<String>,
    },
    /// An app that a URL map or another composite chooses is new, another one or gone.
    Mount {
        /// The option that names it: the path of a URL map.
        key: String,
        /// The app it was.
        old: Option<String>,
        /// The app it is.
        new: Option<String>,
    },
    /// An app that is chosen by the first option that takes a request has another place among those that stayed.
    MountMoved {
        /// The option that names it.
        key: String,
        /// The option that is next behind it, if it is not the last.
        before: Option<String>,
    },
    /// A pipeline has another filter.
    FilterAdded {
        /// The option that is the pipeline.
        pipeline: String,
        /// The filter.
        filter: String,
        /// What is next behind it.
        before: String,
    },
    /// A filter of a pipeline is gone.
    FilterRemoved {
        /// The option that is the pipeline.
        pipeline: String,
        /// The filter.
        filter: String,
    },
    /// A filter of a pipeline has another place among those that stayed.
    FilterMoved {
        /// The option that is the pipeline.
        pipeline: String,
        /// The filter.
        filter: String,
        /// What is next behind it.
        before: String,
    },
    /// A pipeline ends in another app.
    AppChanged {
        /// The option that is the pipeline.
        pipeline: String,
        /// The app it was.
        old: String,
        /// The app it is.
        new: String,
    },
}

impl Loader {
    /// What is different from `before`, in the file and in all that were read with it.
    ///
    /// Two files may be compared, wherever they are: values that differ only by the directory of their file
    /// are the same.
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("api-paste.ini");
    /// use impasto::{Loader, Snapshot};
    ///
    /// let open = |text: &str| {
    ///     let none = std::iter::empty::<(&str, &str)>();
    ///     Loader::open_snapshot(Snapshot::default().with(&path, text), &path, none)
    /// };
    /// let old = open("[DEFAULT]\nhost = a.example\n[app:main]\nuse = egg:x\nurl = http://%(host)s/\n")?;
    /// let new = open("[DEFAULT]\nhost = b.example\n[app:main]\nuse = egg:x\nurl = http://%(host)s/\n")?;
    /// let changes = new.changes_since(&old);
    /// assert_eq!(changes.0.len(), 2);
    /// assert!(changes.0[1].to_string().starts_with(
    ///     r#"  [app:main] url: "http://a.example/" -> "http://b.example/""#,
    /// ));
    /// # Ok::<(), impasto::Problems>(())
    /// ```
    pub fn changes_since(&self, before: &Loader) -> Changes {
        let (old, new) = (Side::of(before), Side::of(self));
        let mut changes = Changes::default();
        let gone = old.sections().filter(|(key, _)| new.section(key).is_none());
        changes
            .0
            .extend(gone.filter_map(|(_, section)| Change::whole(section, Difference::Removed)));
        for (key, section) in new.sections() {
            match old.section(&key) {
                Some(before) => changes.0.extend(compare::compare((&old, before), (&new, section))),
                None => changes.0.extend(Change::whole(section, Difference::Added)),
            }
        }
        changes
    }
}

impl Changes {
    /// Whether the two readings say the same.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
