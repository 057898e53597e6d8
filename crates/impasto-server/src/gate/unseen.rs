//! What hyper drops or puts right before anybody sees it.

use super::header;
use super::refusal::Refusal;

/// What is wrong with a head, of which nothing is left in the request that hyper makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// A target with a `#`, which no client sends.
    Fragment,
    /// Both a Content-Length and a Transfer-Encoding.
    TwoLengths,
    /// The same Content-Length twice, which others join with a comma.
    SameLengths,
}

impl Unseen {
    /// How it is refused.
    pub(crate) fn refusal(self) -> Refusal {
        match self {
            Unseen::Fragment => Refusal::bad("the target has a `#`"),
            Unseen::TwoLengths => header::TWO_LENGTHS,
            Unseen::SameLengths => Refusal::bad("there are two Content-Lengths"),
        }
    }
}
