//! When an HTTP/2 connection is over.

use std::pin::Pin;
use std::time::Duration;

use super::{Deadline, End, Manners, Patience};
use crate::activity::{Activity, WaitsFor};

/// How long a client may take to confirm a GOAWAY, beyond the window for requests on their way.
const FAREWELL: Duration = Duration::from_secs(3);

/// Many requests at once: the client has a deadline while there are none. Then, and at a stop, it is
/// told which is the last (RFC 9113, 6.8); one that does not leave when it has its answers is cut.
pub(crate) struct Http2<'a, C> {
    activity: &'a Activity,
    patience: Patience,
    /// Begins hyper's farewell: a GOAWAY that refuses nothing, a PING, and when that is answered the
    /// GOAWAY that names the last request.
    end: fn(Pin<&mut C>),
    stops: bool,
    ends: bool,
}

impl<'a, C> Http2<'a, C> {
    pub(crate) fn new(activity: &'a Activity, patience: Patience, end: fn(Pin<&mut C>)) -> Self {
        Http2 { activity, patience, end, stops: false, ends: false }
    }

    fn end(&mut self, connection: Pin<&mut C>, deadline: &mut Deadline) {
        self.ends = true;
        (self.end)(connection);
        self.wait_for_leave(deadline);
    }

    fn wait_for_leave(&self, deadline: &mut Deadline) {
        self.activity.has_written();
        deadline.set(Some(self.patience.window + FAREWELL));
    }
}

impl<C> Manners<C> for Http2<'_, C> {
    fn look(&mut self, connection: Pin<&mut C>, deadline: &mut Deadline) -> bool {
        if self.ends {
            return false;
        }
        if let (WaitsFor::Request, true) = self.activity.look() {
            deadline.set(self.patience.idle);
        }
        if self.stops {
            self.end(connection, deadline);
        }
        self.ends
    }

    fn late(&mut self, connection: Pin<&mut C>, deadline: &mut Deadline) -> Option<End> {
        let is_busy = self.activity.streams() > 0;
        match self.ends {
            false if is_busy => deadline.set(self.patience.idle),
            false => self.end(connection, deadline),
            // What hyper has of an answer that is over for us may still drain.
            true if is_busy || self.activity.has_written() => self.wait_for_leave(deadline),
            true => return Some(End::Cut),
        }
        None
    }

    fn stop(&mut self) {
        self.stops = true;
    }
}
