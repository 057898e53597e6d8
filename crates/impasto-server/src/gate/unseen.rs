//! What hyper drops or puts right before anybody sees it.

use super::header;
use super::refusal::Refusal;

/// What is wrong with a head, of which nothing is left in the request that hyper makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Unseen {
    /// A line that ends without a carriage return. A server may take it (RFC 9112, 2.2), and others do not.
    BareLineFeed = 1,
    /// A target with a `#`, which no client sends.
    Fragment,
    /// Both a Content-Length and a Transfer-Encoding.
    TwoLengths,
    /// The same Content-Length twice, which others join with a comma.
    SameLengths,
}

impl Unseen {
    /// The one with this number.
    pub(crate) fn from_number(number: u8) -> Option<Unseen> {
        let all = [Unseen::BareLineFeed, Unseen::Fragment, Unseen::TwoLengths, Unseen::SameLengths];
        all.into_iter().find(|it| *it as u8 == number)
    }

    /// How it is refused.
    pub(crate) fn refusal(self) -> Refusal {
        match self {
            Unseen::BareLineFeed => {
                Refusal::bad("a line of the head ends without a carriage return")
            }
            Unseen::Fragment => Refusal::bad("the target has a `#`"),
            Unseen::TwoLengths => header::TWO_LENGTHS,
            Unseen::SameLengths => Refusal::bad("there are two Content-Lengths"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Unseen;

    #[test]
    fn every_one_has_its_number() {
        let all = (0..10).filter_map(Unseen::from_number);
        assert!(all.map(|it| it as u8).eq(1..=4));
    }
}
