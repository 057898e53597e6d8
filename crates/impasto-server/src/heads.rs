//! Follows requests in the bytes of a connection, for what hyper does not hand over: what it drops or puts
//! right without a word, and whether a head has begun.
//!
//! It looks at the first bytes of each line of a head, and steps over bodies whose length is told. Behind one
//! in chunks it is lost until the next request is waited for; hyper is who decides what a request is.

use memchr::{memchr, memchr_iter, memrchr};

use crate::activity::Activity;
use crate::gate::Unseen;

/// So much of a line is kept that comes in pieces: the name and value of a length.
const KEPT: usize = 64;

/// Where in the requests of a connection its bytes are. It is a part of every connection, and so it is small.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    place: Place,
    head: Head,
    /// What has come of a line that has not ended.
    piece: Option<Box<Piece>>,
    /// Which request it is, from 0.
    request: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Place {
    /// Nobody knows.
    #[default]
    Lost,
    Head,
    /// So many bytes of a body are to come.
    Body(u64),
}

/// The begin of a line, and what is known of the rest.
#[derive(Debug, Default)]
struct Piece {
    length: usize,
    begin: Vec<u8>,
    ends_in_cr: bool,
    target: Target,
}

/// What is known of a line's target.
#[derive(Clone, Copy, Debug, Default)]
struct Target {
    has_begun: bool,
    has_hash: bool,
}

impl Target {
    /// The line goes on.
    fn read(&mut self, piece: &[u8]) {
        let hash = memrchr(b'#', piece);
        let is_in_target = |at: usize| self.has_begun || memchr(b' ', &piece[..at]).is_some();
        self.has_hash |= hash.is_some_and(is_in_target);
        self.has_begun = self.has_begun || memchr(b' ', piece).is_some();
    }
}

/// What is known of a head.
#[derive(Debug, Default)]
struct Head {
    /// Whether its first line has ended.
    has_line: bool,
    /// How many there are, 2 for more.
    lengths: u8,
    length: u64,
    is_coded: bool,
    unseen: Option<Unseen>,
}

impl Heads {
    /// These bytes have come.
    pub(crate) fn read(&mut self, mut bytes: &[u8], activity: &Activity) {
        if self.place == Place::Lost {
            if !activity.may_begin() {
                return;
            }
            self.place = Place::Head;
            self.request = activity.requests();
        }
        while !bytes.is_empty() {
            bytes = match self.place {
                Place::Lost => break,
                Place::Body(left) => {
                    let some = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    let left = left - some as u64;
                    self.place = if left == 0 { Place::Head } else { Place::Body(left) };
                    &bytes[some..]
                }
                Place::Head => self.lines(bytes, activity),
            };
        }
        activity.set_has_begun(
            self.place == Place::Head && (self.head.has_line || self.piece.is_some()),
        );
    }

    /// Lines of heads; what is behind them.
    fn lines<'a>(&mut self, bytes: &'a [u8], activity: &Activity) -> &'a [u8] {
        let mut begin = 0;
        for end in memchr_iter(b'\n', bytes) {
            self.end_of_line(&bytes[begin..end], activity);
            begin = end + 1;
            if self.place != Place::Head {
                return &bytes[begin..];
            }
        }
        self.keep(&bytes[begin..]);
        &[]
    }

    /// How long the first line of a head is that has not ended, and in which a target has begun.
    pub(crate) fn open_line(&self) -> usize {
        let open = self.piece.as_ref().filter(|_| self.place == Place::Head && !self.head.has_line);
        open.filter(|piece| piece.target.has_begun).map_or(0, |piece| piece.length)
    }

    fn keep(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        let piece = self.piece.get_or_insert_default();
        let room = KEPT.saturating_sub(piece.begin.len()).min(bytes.len());
        piece.begin.extend_from_slice(&bytes[..room]);
        if !self.head.has_line {
            piece.target.read(bytes);
        }
        piece.ends_in_cr = *last == b'\r';
        piece.length += bytes.len();
    }

    /// The rest of a line, without what ends it.
    fn end_of_line(&mut self, rest: &[u8], activity: &Activity) {
        if self.piece.is_some() {
            self.keep(rest);
        }
        if let Some(mut piece) = self.piece.take() {
            if piece.ends_in_cr && piece.begin.len() == piece.length {
                piece.begin.pop();
            }
            return self.line(&piece.begin, piece.ends_in_cr, piece.target.has_hash, activity);
        }
        let mut target = Target::default();
        if !self.head.has_line && memchr(b'#', rest).is_some() {
            target.read(rest);
        }
        let (line, ends_in_cr) = match rest {
            [line @ .., b'\r'] => (line, true),
            line => (line, false),
        };
        self.line(line, ends_in_cr, target.has_hash, activity);
    }

    fn line(&mut self, line: &[u8], ends_in_cr: bool, has_hash: bool, activity: &Activity) {
        let head = &mut self.head;
        if !ends_in_cr {
            head.unseen = head.unseen.or(Some(Unseen::BareLineFeed));
        }
        match line.first().map(u8::to_ascii_lowercase) {
            // Empty lines before a request are none of it.
            None if !head.has_line => head.unseen = None,
            None => self.end(activity),
            Some(_) if !head.has_line => {
                head.has_line = true;
                if has_hash {
                    head.unseen = Some(Unseen::Fragment);
                }
            }
            Some(b'c') => {
                if let Some(value) = value(line, b"content-length:") {
                    head.lengths = (head.lengths + 1).min(2);
                    head.length = number(value);
                }
            }
            Some(b't') => head.is_coded |= value(line, b"transfer-encoding:").is_some(),
            Some(_) => {}
        }
    }

    fn end(&mut self, activity: &Activity) {
        let Head { lengths, length, is_coded, unseen, .. } = std::mem::take(&mut self.head);
        let unseen = match (is_coded, lengths) {
            (true, 1..) => Some(Unseen::TwoLengths),
            (_, 2..) => Some(Unseen::SameLengths),
            _ => unseen,
        };
        if let Some(unseen) = unseen {
            activity.saw(self.request, unseen);
        }
        self.request += 1;
        self.place = match length {
            _ if is_coded => Place::Lost,
            0 => Place::Head,
            length => Place::Body(length),
        };
    }
}

/// What stands behind `name`, if the line begins with that.
fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (begin, value) = line.split_at_checked(name.len())?;
    begin.eq_ignore_ascii_case(name).then_some(value)
}

/// hyper refuses what is none.
fn number(value: &[u8]) -> u64 {
    let text = std::str::from_utf8(value).unwrap_or_default();
    text.trim_ascii().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is seen of so many requests, however they are cut, and whether another one has begun.
    fn seen(text: &str, requests: usize) -> (Option<Unseen>, bool) {
        let outcomes = [1, 2, 3, 7, 1000].map(|size| {
            let (activity, mut heads) = (Activity::default(), Heads::default());
            activity.waits_for_request();
            text.as_bytes().chunks(size).for_each(|piece| {
                heads.read(piece, &activity);
                activity.bytes_came();
            });
            let mut found = None;
            for _ in 0..requests {
                found = found.or(activity.request_came(false));
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
            ("GET / HTTP/1.1\nhost: a\r\n", Some(Unseen::BareLineFeed)),
            ("GET / HTTP/1.1\r\nhost: a\n", Some(Unseen::BareLineFeed)),
            ("\r\n\nGET / HTTP/1.1\r\nhost: a\r\n", None),
            ("GET / HTTP/1.1\r\ncontent-length: 0\r\n", None),
            (
                "GET / HTTP/1.1\r\ncontent-length: 0\r\nContent-Length:0\r\n",
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
        let (activity, mut heads) = (Activity::default(), Heads::default());
        activity.waits_for_request();
        heads.read(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", &activity);
        activity.bytes_came();
        assert_eq!(activity.request_came(true), None);
        heads.read(b"5\r\nGET #\r\n0\r\n\r\n", &activity);
        activity.answer_ended();
        heads.read(b"GET /#a HTTP/1.1\r\n\r\n", &activity);
        activity.bytes_came();
        assert_eq!(activity.request_came(false), Some(Unseen::Fragment));
    }
}
