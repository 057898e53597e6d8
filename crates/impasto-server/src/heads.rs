//! What hyper does not hand over of the heads that come: what it drops or puts right without a word, and
//! whether one has begun.
//!
//! Most requests have no body and nothing to hide. So bytes are only kept until there is a reason to follow
//! them line by line, which takes several times as long.

mod follower;

use http::Request;
use memchr::memchr;

use self::follower::Follower;
use crate::gate::Unseen;

/// The most that is kept, in bytes.
const MOST: usize = 16 * 1024;

/// The bytes of one HTTP/1 connection since a request was last waited for.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    /// Those that nobody has followed.
    kept: Vec<u8>,
    /// In so many of them there is no `#`.
    plain: usize,
    /// How many requests came before.
    requests: usize,
    // Boxed, so that a connection on which nothing has to be followed takes no room for it.
    follower: Option<Box<Follower>>,
    is_followed: bool,
}

/// A request, as hyper hands it over.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Handed {
    has_body: bool,
    /// How long its method is, and its target, if that is one without an authority.
    method: usize,
    target: usize,
}

impl Handed {
    pub(crate) fn of<B: http_body::Body>(request: &Request<B>) -> Handed {
        Handed {
            has_body: !request.body().is_end_stream(),
            method: request.method().as_str().len(),
            target: request.uri().path_and_query().map_or(0, |target| target.as_str().len()),
        }
    }

    pub(crate) fn has_body(self) -> bool {
        self.has_body
    }

    #[cfg(test)]
    pub(crate) fn unknown(has_body: bool) -> Handed {
        Handed { has_body, ..Handed::default() }
    }

    /// Whether `bytes` begin with this method and this target, and nothing behind it that hyper has dropped.
    fn begins(self, bytes: &[u8]) -> bool {
        let end = self.method + 1 + self.target;
        bytes.get(self.method) == Some(&b' ') && bytes.get(end) == Some(&b' ')
    }
}

impl Heads {
    /// What comes next begins a head, behind so many requests.
    pub(crate) fn begin(&mut self, requests: usize) {
        self.kept.clear();
        self.plain = 0;
        self.requests = requests;
        self.is_followed = false;
    }

    /// These bytes have come.
    pub(crate) fn read(&mut self, bytes: &[u8]) {
        if self.is_followed {
            return self.follow().read(bytes);
        }
        self.kept.extend_from_slice(bytes);
        if self.kept.len() > MOST {
            self.follow();
        }
    }

    /// Whether more is known of the heads than that their bytes have come.
    pub(crate) fn is_followed(&self) -> bool {
        self.is_followed
    }

    /// What is not seen of the request before which so many came.
    pub(crate) fn unseen(&mut self, requests: usize, handed: Handed) -> Option<Unseen> {
        if !self.is_followed {
            // Over HTTP/2 there are no such heads.
            let hides_nothing = self.kept.is_empty()
                || !handed.has_body
                    && (requests == self.requests && handed.begins(&self.kept) || self.is_plain());
            if hides_nothing {
                return None;
            }
        }
        self.follow().unseen(requests)
    }

    fn is_plain(&mut self) -> bool {
        let is_plain = memchr(b'#', &self.kept[self.plain..]).is_none();
        if is_plain {
            self.plain = self.kept.len();
        }
        is_plain
    }

    /// Whether the bytes that came last end within a head, as far as that is known.
    pub(crate) fn has_begun(&self) -> bool {
        match &self.follower {
            Some(follower) if self.is_followed => follower.has_begun(),
            _ => !self.kept.ends_with(b"\n\r\n") && !self.kept.ends_with(b"\n\n"),
        }
    }

    /// How long the first line of a head is that has not ended, and in which a target has begun.
    pub(crate) fn open_line(&mut self) -> usize {
        self.follow().open_line()
    }

    fn follow(&mut self) -> &mut Follower {
        let follower = self.follower.get_or_insert_default();
        if !std::mem::replace(&mut self.is_followed, true) {
            **follower = Follower::new(self.requests);
            follower.read(&self.kept);
            self.kept.clear();
        }
        follower
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::Activity;

    /// What is seen of so many requests, however they are cut, and whether another one has begun.
    fn seen(text: &str, requests: usize) -> (Option<Unseen>, bool) {
        let outcomes = [1, 2, 3, 7, 1000].map(|size| {
            let activity = Activity::default();
            activity.waits_for_request();
            text.as_bytes().chunks(size).for_each(|piece| activity.bytes_came(piece));
            let mut found = None;
            for _ in 0..requests {
                let has_body = text.contains("POST") || text.contains("oding");
                found = found.or(activity.request_came(Handed::unknown(has_body)));
            }
            activity.answer_ended();
            (found, activity.look().0 == crate::activity::WaitsFor::Head)
        });
        assert!(outcomes.iter().all(|it| *it == outcomes[0]), "{text:?} {outcomes:?}");
        outcomes[0]
    }

    const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

    #[test]
    fn what_hyper_drops_is_seen() {
        for (head, unseen) in [
            ("GET /?a HTTP/1.1\r\nx: #\r\n", None),
            ("GET /#a HTTP/1.1\r\nhost: a\r\n", Some(Unseen::Fragment)),
            ("A#B / HTTP/1.1\r\nhost: a\r\n", None),
            ("A#B /#a HTTP/1.1\r\nhost: a\r\n", Some(Unseen::Fragment)),
            ("GET / HTTP/1.1\nhost: a\n", None),
            ("\r\n\nGET / HTTP/1.1\r\nhost: a\r\n", None),
            ("POST / HTTP/1.1\r\ncontent-length: 1\r\n", None),
            (
                "POST / HTTP/1.1\r\ncontent-length: 1\r\nContent-Length:1\r\n",
                Some(Unseen::SameLengths),
            ),
            (
                "GET / HTTP/1.1\r\ncontent-length: 0\r\nTransfer-Encoding: chunked\r\n",
                Some(Unseen::TwoLengths),
            ),
            ("GET / HTTP/1.1\r\ncontent-lengthy: 0\r\nContent-Length:0\r\n", None),
        ] {
            assert_eq!(seen(&format!("{head}\r\n"), 1).0, unseen, "{head}");
            assert_eq!(seen(&format!("{GET}{head}\r\n"), 2).0, unseen, "behind another: {head}");
            assert_eq!(seen(&format!("{GET}{head}\r\n"), 1).0, None, "not yet: {head}");
            let post = "POST / HTTP/1.1\r\ncontent-length:  5 \r\n\r\nab#\n\n";
            assert_eq!(seen(&format!("{post}{head}\r\n"), 2).0, unseen, "behind a body: {head}");
        }
    }

    #[test]
    fn a_target_that_came_as_it_is_handed_over_hides_nothing() {
        let request = |method: &str, target: &str| {
            Handed::of(&Request::builder().method(method).uri(target).body(String::new()).unwrap())
        };
        for (line, method, target, begins) in [
            ("GET /a?b HTTP/1.1", "GET", "/a?b", true),
            ("OPTIONS * HTTP/1.1", "OPTIONS", "*", true),
            ("GET /a?b#c HTTP/1.1", "GET", "/a?b", false),
            ("GET /a# HTTP/1.1", "GET", "/a", false),
            ("\r\nGET /a HTTP/1.1", "GET", "/a", false),
            ("GET http://a/b HTTP/1.1", "GET", "http://a/b", false),
            ("GET http://a/b#c HTTP/1.1", "GET", "http://a/b", false),
        ] {
            assert_eq!(request(method, target).begins(line.as_bytes()), begins, "{line}");
            let activity = Activity::default();
            activity.waits_for_request();
            activity.bytes_came(format!("{line}\r\nhost: a\r\n\r\n").as_bytes());
            let unseen = activity.request_came(request(method, target));
            assert_eq!(unseen.is_some(), line.contains('#'), "{line}");
        }
    }

    #[test]
    fn a_head_that_has_begun_is_known() {
        for (text, has_begun) in [
            (GET.to_owned(), false),
            (format!("{GET}\r\n"), false),
            (format!("{GET}G"), true),
            (format!("{GET}GET / HTTP/1.1\r\n"), true),
            ("POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nabc".to_owned(), false),
            ("POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nabcdeG".to_owned(), true),
            ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r".to_owned(), false),
        ] {
            assert_eq!(seen(&text, 1).1, has_begun, "{text:?}");
        }
    }

    #[test]
    fn behind_chunks_it_goes_on_with_the_next_request() {
        let activity = Activity::default();
        activity.waits_for_request();
        activity.bytes_came(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n");
        assert_eq!(activity.request_came(Handed::unknown(true)), None);
        activity.bytes_came(b"5\r\nGET #\r\n0\r\n\r\n");
        activity.body_ended();
        activity.answer_ended();
        activity.bytes_came(b"GET /#a HTTP/1.1\r\n\r\n");
        assert_eq!(activity.request_came(Handed::unknown(false)), Some(Unseen::Fragment));
    }
}
