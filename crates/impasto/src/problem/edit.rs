//! A change of a file.

use super::Place;

/// A text in the place of another one.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What is replaced.
    pub place: Place,
    /// What stands there then.
    pub text: String,
}
