//! The conditions of a request (RFC 9110, 13).

use std::time::SystemTime;

use http::header::{
    ETAG, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, LAST_MODIFIED,
};
use http::{HeaderMap, HeaderName, HeaderValue};

#[derive(Default)]
pub(super) struct Conditions {
    matches: Vec<HeaderValue>,
    none_match: Vec<HeaderValue>,
    unmodified_since: Option<HeaderValue>,
    modified_since: Option<HeaderValue>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    Send,
    NotModified,
    Failed,
}

impl Conditions {
    pub(super) fn of(headers: &HeaderMap) -> Conditions {
        let all = |name: &HeaderName| headers.get_all(name).iter().cloned().collect();
        Conditions {
            matches: all(&IF_MATCH),
            none_match: all(&IF_NONE_MATCH),
            unmodified_since: headers.get(IF_UNMODIFIED_SINCE).cloned(),
            modified_since: headers.get(IF_MODIFIED_SINCE).cloned(),
        }
    }

    /// What they come to for an answer with these headers, in the order of RFC 9110, 13.2.2.
    pub(super) fn verdict(&self, answer: &HeaderMap) -> Verdict {
        let etag = answer.get(ETAG).map(HeaderValue::as_bytes).and_then(|text| Tag::first(text).0);
        let modified = answer.get(LAST_MODIFIED).and_then(date);
        if !self.matches.is_empty() {
            // Compared strongly (RFC 9110, 8.8.3.2).
            if !any(&self.matches, etag, |one, own| {
                !one.is_weak && !own.is_weak && one.opaque == own.opaque
            }) {
                return Verdict::Failed;
            }
        } else if let (Some(since), Some(modified)) =
            (self.unmodified_since.as_ref().and_then(date), modified)
            && modified > since
        {
            return Verdict::Failed;
        }
        if !self.none_match.is_empty() {
            if any(&self.none_match, etag, |one, own| one.opaque == own.opaque) {
                return Verdict::NotModified;
            }
        } else if let (Some(since), Some(modified)) =
            (self.modified_since.as_ref().and_then(date), modified)
            && modified <= since
        {
            return Verdict::NotModified;
        }
        Verdict::Send
    }
}

fn date(value: &HeaderValue) -> Option<SystemTime> {
    value.to_str().ok().and_then(|text| httpdate::parse_http_date(text).ok())
}

/// Whether one of the tags in `lists` is `own`, or one is `*`.
fn any(lists: &[HeaderValue], own: Option<Tag<'_>>, is: fn(Tag<'_>, Tag<'_>) -> bool) -> bool {
    lists.iter().any(|list| {
        let mut rest = list.as_bytes().trim_ascii();
        if rest == b"*" {
            return true;
        }
        let Some(own) = own else { return false };
        loop {
            let (tag, behind) = Tag::first(rest);
            match tag {
                Some(tag) if is(tag, own) => return true,
                Some(_) => rest = behind,
                None => return false,
            }
        }
    })
}

/// An entity tag (RFC 9110, 8.8.3).
#[derive(Clone, Copy)]
struct Tag<'a> {
    is_weak: bool,
    /// With its quotes.
    opaque: &'a [u8],
}

impl<'a> Tag<'a> {
    /// The tag that a list begins with, and what stands behind it. A tag may hold commas.
    fn first(list: &'a [u8]) -> (Option<Tag<'a>>, &'a [u8]) {
        let is_between = |byte: &u8| matches!(byte, b',' | b' ' | b'\t');
        let start = list.iter().position(|byte| !is_between(byte)).unwrap_or(list.len());
        let list = &list[start..];
        let (is_weak, quoted) = match list.strip_prefix(b"W/") {
            Some(quoted) => (true, quoted),
            None => (false, list),
        };
        let end = quoted.iter().skip(1).position(|byte| *byte == b'"');
        match end.filter(|_| quoted.starts_with(b"\"")) {
            Some(end) => (Some(Tag { is_weak, opaque: &quoted[..end + 2] }), &quoted[end + 2..]),
            None => (None, &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    const EARLY: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const LATE: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    #[test]
    fn the_order_is_that_of_the_rfc() {
        use Verdict::{Failed, NotModified, Send};
        let answer = headers(&[(ETAG, "\"a,b\""), (LAST_MODIFIED, EARLY)]);
        for (asked, expected) in [
            (&[][..], Send),
            (&[(IF_NONE_MATCH, "\"a,b\"")], NotModified),
            (&[(IF_NONE_MATCH, "W/\"a,b\"")], NotModified),
            (&[(IF_NONE_MATCH, "\"x\" , W/\"y\",\"a,b\"")], NotModified),
            (&[(IF_NONE_MATCH, "*")], NotModified),
            (&[(IF_NONE_MATCH, "\"a\"")], Send),
            (&[(IF_NONE_MATCH, "a,b")], Send),
            (&[(IF_NONE_MATCH, "\"a")], Send),
            (&[(IF_NONE_MATCH, "")], Send),
            (&[(IF_MATCH, "\"a,b\"")], Send),
            (&[(IF_MATCH, "*")], Send),
            (&[(IF_MATCH, "W/\"a,b\"")], Failed),
            (&[(IF_MATCH, "\"x\"")], Failed),
            (&[(IF_MATCH, "\"a,b\""), (IF_NONE_MATCH, "\"a,b\"")], NotModified),
            (&[(IF_MATCH, "\"x\""), (IF_NONE_MATCH, "\"a,b\"")], Failed),
            (&[(IF_MODIFIED_SINCE, EARLY)], NotModified),
            (&[(IF_MODIFIED_SINCE, LATE)], NotModified),
            (&[(IF_MODIFIED_SINCE, "yesterday")], Send),
            (&[(IF_MODIFIED_SINCE, LATE), (IF_NONE_MATCH, "\"x\"")], Send),
            (&[(IF_UNMODIFIED_SINCE, EARLY)], Send),
            (&[(IF_UNMODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:36 GMT")], Failed),
            (&[(IF_UNMODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:36 GMT"), (IF_MATCH, "*")], Send),
        ] {
            assert_eq!(Conditions::of(&headers(asked)).verdict(&answer), expected, "{asked:?}");
        }
        let weak = headers(&[(ETAG, "W/\"a\"")]);
        let asked = Conditions::of(&headers(&[(IF_MATCH, "\"a\"")]));
        assert_eq!(asked.verdict(&weak), Failed);
        let later = headers(&[(LAST_MODIFIED, LATE)]);
        let asked = Conditions::of(&headers(&[(IF_MODIFIED_SINCE, EARLY)]));
        assert_eq!(asked.verdict(&later), Send);
    }
}
