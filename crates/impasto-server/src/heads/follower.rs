//! Follows the bytes of requests line by line.
//!
//! It looks at the first bytes of each line of a head, and steps over bodies whose length is told. Behind one
//! in chunks it is lost; hyper is who decides what a request is.

use memchr::{memchr, memchr_iter, memrchr};

use crate::gate::Unseen;

/// So much of a line is kept that comes in pieces: the name and value of a length.
const KEPT: usize = 64;

/// Where in the requests of a connection its bytes are.
#[derive(Debug, Default)]
pub(super) struct Follower {
    place: Place,
    head: Head,
    /// What has come of a line that has not ended: how long it is, its begin, and what else is of interest.
    line: usize,
    begin: Vec<u8>,
    target: Target,
    /// How many requests came before.
    requests: usize,
    /// What is not seen, and how many requests come before. Nothing is answered behind the first.
    unseen: Option<(usize, Unseen)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Place {
    #[default]
    Head,
    /// Nobody knows.
    Lost,
    /// So many bytes of a body are to come.
    Body(u64),
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
    lengths: usize,
    length: u64,
    is_coded: bool,
    has_hash: bool,
}

impl Follower {
    /// At the begin of a head, behind so many requests.
    pub(super) fn new(requests: usize) -> Follower {
        Follower { requests, ..Follower::default() }
    }

    /// These bytes have come.
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.place {
                Place::Lost => break,
                Place::Body(left) => {
                    let some = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    let left = left - some as u64;
                    self.place = if left == 0 { Place::Head } else { Place::Body(left) };
                    &bytes[some..]
                }
                Place::Head => self.lines(bytes),
            };
        }
    }

    /// Whether the bytes end within a head, as far as that is known.
    pub(super) fn has_begun(&self) -> bool {
        self.place == Place::Head && (self.head.has_line || self.line > 0)
    }

    /// What is not seen of the request before which so many came.
    pub(super) fn unseen(&self, requests: usize) -> Option<Unseen> {
        self.unseen.filter(|(before, _)| *before == requests).map(|(_, unseen)| unseen)
    }

    /// Lines of heads; what is behind them.
    fn lines<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let mut begin = 0;
        for end in memchr_iter(b'\n', bytes) {
            let line = &bytes[begin..end];
            begin = end + 1;
            if self.head.has_line && self.line == 0 && is_of_no_interest(line) {
                continue;
            }
            self.end_of_line(line);
            if self.place != Place::Head {
                return &bytes[begin..];
            }
        }
        self.keep(&bytes[begin..]);
        &[]
    }

    /// How long the first line of a head is that has not ended, and in which a target has begun.
    pub(super) fn open_line(&self) -> usize {
        let is_open = self.place == Place::Head && !self.head.has_line && self.target.has_begun;
        if is_open { self.line } else { 0 }
    }

    fn keep(&mut self, piece: &[u8]) {
        let room = KEPT.saturating_sub(self.begin.len()).min(piece.len());
        self.begin.extend_from_slice(&piece[..room]);
        if !self.head.has_line {
            self.target.read(piece);
        }
        self.line += piece.len();
    }

    /// The rest of a line, without the line feed.
    fn end_of_line(&mut self, rest: &[u8]) {
        if self.line == 0 {
            if !self.head.has_line {
                self.target.read(rest);
            }
            return self.line(rest);
        }
        self.keep(rest);
        let begin = std::mem::take(&mut self.begin);
        self.line = 0;
        self.line(&begin);
    }

    fn line(&mut self, line: &[u8]) {
        let head = &mut self.head;
        match line.first().map(u8::to_ascii_lowercase) {
            // Empty lines before a request are none of it.
            None | Some(b'\r') if !head.has_line => {}
            None | Some(b'\r') => self.end(),
            Some(_) if !head.has_line => {
                head.has_line = true;
                head.has_hash = std::mem::take(&mut self.target).has_hash;
            }
            Some(b'c') => {
                if let Some(value) = value(line, b"content-length:") {
                    head.lengths += 1;
                    head.length = number(value);
                }
            }
            Some(b't') => head.is_coded |= value(line, b"transfer-encoding:").is_some(),
            Some(_) => {}
        }
    }

    fn end(&mut self) {
        let Head { lengths, length, is_coded, has_hash, .. } = std::mem::take(&mut self.head);
        let unseen = match (is_coded, lengths) {
            (true, 1..) => Some(Unseen::TwoLengths),
            (_, 2..) => Some(Unseen::SameLengths),
            _ => has_hash.then_some(Unseen::Fragment),
        };
        self.unseen = self.unseen.or(unseen.map(|unseen| (self.requests, unseen)));
        self.requests += 1;
        self.place = match length {
            _ if is_coded => Place::Lost,
            0 => Place::Head,
            length => Place::Body(length),
        };
    }
}

/// Whether a whole line is a header that says nothing of the length.
fn is_of_no_interest(line: &[u8]) -> bool {
    !matches!(line, [] | [b'\r' | b'c' | b'C' | b't' | b'T', ..])
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
