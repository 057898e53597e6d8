//! What one connection waits for, as its parts see it.
//!
//! hyper has one timer for two different things: how long a kept-alive connection may rest, and how
//! long a client may take to send a head; and it sets the timer anew for each request. Here the parts
//! only note what happens: the stream that bytes came, the service that a head is complete, the body
//! of an answer that it is over. The deadlines are [`drive`](crate::drive)'s.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::gate::Unseen;
use crate::heads::{Handed, Heads};

/// Written and read by the parts of one connection, most of which take turns in one task: the atomics
/// are there to be shared, never raced for. (An app may read a body elsewhere, and an HTTP/2 answer
/// ends in a task of its own: then a deadline begins a little later.)
#[derive(Debug, Default)]
pub(crate) struct Activity {
    waits_for: AtomicU8,
    has_body: AtomicBool,
    /// How many requests have come.
    requests: AtomicUsize,
    /// Theirs, over HTTP/1. Locked once for what is read at once, and once for a request.
    heads: Mutex<Heads>,
    /// Whether a head has begun behind all that.
    has_begun: AtomicBool,
    /// Whether a request has come since bytes last came.
    one_came: AtomicBool,
    pipelines: AtomicBool,
    /// Whether nothing is to be gathered any more.
    gathers_never: AtomicBool,
    /// Whether something was written that a flush has to send.
    owes_flush: AtomicBool,
    /// Whether the next flush is to do so.
    lets_go: AtomicBool,
    closes: AtomicBool,
    /// Requests whose answers are not over; counted over HTTP/2 only.
    streams: AtomicUsize,
    wrote: AtomicBool,
    /// Whether something is left that the client does not take.
    stalls: AtomicBool,
}

/// What the connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum WaitsFor {
    /// The app, or the bytes of a body.
    Answer,
    /// The first byte of a request.
    Request,
    /// The rest of a request's head.
    Head,
}

/// Set until [`Activity::look`] has seen the present wait.
const NEW: u8 = 0x80;

impl Activity {
    /// A request may come.
    pub(crate) fn waits_for_request(&self) {
        self.waits_for.store(WaitsFor::Request as u8 | NEW, Ordering::Relaxed);
    }

    /// An answer is over, so that a request may come; or the rest of one, where its head has begun.
    pub(crate) fn answer_ended(&self) {
        match self.has_begun.load(Ordering::Relaxed) {
            true => self.waits_for.store(WaitsFor::Head as u8 | NEW, Ordering::Relaxed),
            false => self.waits_for_request(),
        }
    }

    fn heads(&self) -> MutexGuard<'_, Heads> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// These bytes have come; the first of them after [`Activity::waits_for_request`] begin a head.
    pub(crate) fn bytes_came(&self, bytes: &[u8]) {
        self.one_came.store(false, Ordering::Relaxed);
        let begins = self.waits_for.load(Ordering::Relaxed) & !NEW == WaitsFor::Request as u8;
        {
            let mut heads = self.heads();
            if begins && !self.has_unread_body() {
                heads.begin(self.requests.load(Ordering::Relaxed));
            }
            heads.read(bytes);
            self.has_begun.store(heads.has_begun(), Ordering::Relaxed);
        }
        if begins {
            self.waits_for.store(WaitsFor::Head as u8 | NEW, Ordering::Relaxed);
        }
    }

    /// A head is complete. Tells what was in it that nobody sees.
    pub(crate) fn request_came(&self, handed: Handed) -> Option<Unseen> {
        self.waits_for.store(WaitsFor::Answer as u8, Ordering::Relaxed);
        self.has_body.store(handed.has_body(), Ordering::Relaxed);
        if self.one_came.load(Ordering::Relaxed) && !self.gathers_never.load(Ordering::Relaxed) {
            self.pipelines.store(true, Ordering::Relaxed);
        }
        self.one_came.store(true, Ordering::Relaxed);
        let before = self.requests.load(Ordering::Relaxed);
        self.requests.store(before + 1, Ordering::Relaxed);
        let mut heads = self.heads();
        let unseen = heads.unseen(before, handed);
        if heads.is_followed() {
            self.has_begun.store(heads.has_begun(), Ordering::Relaxed);
        }
        unseen
    }

    /// See [`Heads::open_line`].
    pub(crate) fn open_line(&self) -> usize {
        self.heads().open_line()
    }

    /// The connection rests: lets go of what it does not need for that.
    pub(crate) fn rest(&self) {
        *self.heads() = Heads::default();
    }

    /// Whether two requests have ever come at once.
    pub(crate) fn pipelines(&self) -> bool {
        self.pipelines.load(Ordering::Relaxed)
    }

    /// The connection may become something else, also after further requests, and hyper then gives the
    /// stream away as it is: from now on whoever writes, writes.
    pub(crate) fn forget_pipeline(&self) {
        self.gathers_never.store(true, Ordering::Relaxed);
        self.pipelines.store(false, Ordering::Relaxed);
    }

    /// Whether a flush waits for the answers to other requests.
    pub(crate) fn gathers(&self) -> bool {
        self.pipelines() && !self.lets_go.load(Ordering::Relaxed)
    }

    /// Whether something was written while answers are gathered, and has not been sent.
    pub(crate) fn set_owes_flush(&self, owes: bool) {
        self.owes_flush.store(owes, Ordering::Relaxed);
    }

    /// hyper has done what it could. True when it is to be polled again, for the flush that sends what it
    /// wrote; when that is done, or has to wait, the next answers are gathered.
    pub(crate) fn let_go(&self) -> bool {
        let begins = self.owes_flush.load(Ordering::Relaxed) && self.gathers();
        self.lets_go.store(begins, Ordering::Relaxed);
        begins
    }

    /// What is waited for, and whether that is news.
    pub(crate) fn look(&self) -> (WaitsFor, bool) {
        let now = self.waits_for.load(Ordering::Relaxed);
        if now & NEW != 0 {
            self.waits_for.store(now & !NEW, Ordering::Relaxed);
        }
        let waits_for = match now & !NEW {
            0 => WaitsFor::Answer,
            1 => WaitsFor::Request,
            _ => WaitsFor::Head,
        };
        (waits_for, now & NEW != 0)
    }

    /// From now on every answer is the last one.
    pub(crate) fn close(&self) {
        self.closes.store(true, Ordering::Relaxed);
    }

    /// Whether we are the ones who end the connection, so that the client may be about to send more.
    pub(crate) fn closes(&self) -> bool {
        self.closes.load(Ordering::Relaxed)
    }

    /// Another request runs on the connection.
    pub(crate) fn stream_began(&self) {
        self.streams.fetch_add(1, Ordering::Relaxed);
    }

    /// One of them is over.
    pub(crate) fn stream_ended(&self) {
        self.streams.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many there are.
    pub(crate) fn streams(&self) -> usize {
        self.streams.load(Ordering::Relaxed)
    }

    /// A client that kept us waiting took bytes.
    pub(crate) fn bytes_left(&self) {
        self.wrote.store(true, Ordering::Relaxed);
    }

    /// Whether it took any since this was last asked.
    pub(crate) fn has_written(&self) -> bool {
        self.wrote.swap(false, Ordering::Relaxed)
    }

    /// Whether the client keeps us waiting with what there is for it.
    pub(crate) fn set_stalls(&self, stalls: bool) {
        self.stalls.store(stalls, Ordering::Relaxed);
    }

    /// Whether nothing is in flight in either direction, where a request is waited for.
    pub(crate) fn rests(&self) -> bool {
        !self.stalls.load(Ordering::Relaxed)
            && !self.owes_flush.load(Ordering::Relaxed)
            && !self.has_begun.load(Ordering::Relaxed)
            && !self.has_unread_body()
    }

    /// The body of the request has been read.
    pub(crate) fn body_ended(&self) {
        self.has_body.store(false, Ordering::Relaxed);
    }

    /// Whether the last request has a body that was not read to its end.
    pub(crate) fn has_unread_body(&self) -> bool {
        self.has_body.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_requests_in_one_piece_are_a_pipeline() {
        let activity = Activity::default();
        for _ in 0..2 {
            activity.bytes_came(b"a");
            activity.request_came(Handed::unknown(false));
        }
        assert!(!activity.pipelines());
        activity.request_came(Handed::unknown(false));
        assert!(activity.pipelines());
        activity.forget_pipeline();
        activity.request_came(Handed::unknown(false));
        assert!(!activity.pipelines(), "it may have become something else");
    }

    #[test]
    fn a_connection_goes_from_request_to_head_to_answer() {
        let activity = Activity::default();
        activity.bytes_came(b"a");
        assert_eq!(activity.look(), (WaitsFor::Answer, false), "bytes of a body begin no head");
        activity.waits_for_request();
        assert_eq!(activity.look(), (WaitsFor::Request, true));
        assert_eq!(activity.look(), (WaitsFor::Request, false));
        activity.bytes_came(b"a");
        activity.bytes_came(b"a");
        assert_eq!(activity.look(), (WaitsFor::Head, true));
        activity.bytes_came(b"\r\n\r\n");
        assert_eq!(activity.look(), (WaitsFor::Head, false), "a trickle gives no more time");
        activity.request_came(Handed::unknown(true));
        assert!(activity.has_unread_body());
        activity.answer_ended();
        assert_eq!(activity.look(), (WaitsFor::Request, true));
        assert!(activity.has_unread_body(), "answered before it was read");
        activity.body_ended();
        assert!(!activity.has_unread_body());
    }
}
