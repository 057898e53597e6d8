//! What a filter may do.

use std::fmt;

/// What a filter may do besides looking at requests and answers, their heads included, and changing these.
/// [`register!`](crate::register) writes them behind `may`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Answer a request by itself, so that nothing behind it is asked.
    Answer,
    /// Change a body, of the request or of the answer, or cut it off.
    ChangeBody,
}

impl Effect {
    /// `"answer by itself"` or `"change the body"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Answer => "answer by itself",
            Effect::ChangeBody => "change the body",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
