//! Changes of a file that put it right.

use super::Place;

/// A text in the place of another one.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What is replaced.
    pub place: Place,
    /// What stands there then.
    pub text: String,
}

/// How to put a problem right, as far as there is no doubt.
#[derive(Clone, Debug, Default)]
pub(crate) enum Fix {
    #[default]
    Unknown,
    Edits(Vec<Edit>),
    /// By another name where the problem is, wherever that turns out to be.
    Name {
        written: String,
        right: String,
    },
}
