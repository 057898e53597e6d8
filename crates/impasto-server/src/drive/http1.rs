//! When an HTTP/1 connection is over.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

use super::{Deadline, End, Manners, Patience};
use crate::activity::{Activity, WaitsFor};
use crate::http1::Http1Connection;

/// How soon a connection rests. Short, so that few that do not are in memory; long enough that a client
/// that is at work never has to wake one.
const MOMENT: Duration = Duration::from_millis(100);

/// One request after the other: the client has deadlines between them and within their heads.
///
/// hyper closes a resting connection as soon as it is told to end, which loses the request that a
/// client has just sent. So after a stop a resting one is only watched, for a window; what comes in it
/// is answered with `Connection: close`, whereupon hyper closes by itself. A client that has had its
/// last answer without these words is given a window, too.
pub(crate) struct Http1<'a> {
    activity: &'a Activity,
    patience: Patience,
    /// Since when a request is waited for.
    since: Option<Instant>,
    /// When the window is.
    window: Option<Instant>,
    rest: Rest,
}

/// What becomes of a connection that waits for a request.
#[derive(Clone, Copy, PartialEq)]
enum Rest {
    AfterAMoment,
    /// When hyper has been polled once more: it may have stopped in the middle, to let others run.
    Next,
    /// It rests already, or cannot.
    Done,
}

impl<'a> Http1<'a> {
    pub(crate) fn new(activity: &'a Activity, patience: Patience) -> Self {
        Http1 { activity, patience, since: None, window: None, rest: Rest::Done }
    }

    fn open_window(&mut self) {
        self.window = Instant::now().checked_add(self.patience.window);
    }

    /// A request is waited for from now on; before the patience for it is over, the connection rests.
    // Each request passes here, and a call costs more than what is done in it.
    #[inline(always)]
    fn begin_wait(&mut self, deadline: &mut Deadline) {
        let now = Instant::now();
        self.since = Some(now);
        self.rest = Rest::AfterAMoment;
        deadline.set_at(Some(now + MOMENT));
    }

    /// When that patience is over.
    fn until(&self) -> Option<Instant> {
        self.since?.checked_add(self.patience.request?)
    }
}

impl Manners<Http1Connection> for Http1<'_> {
    #[inline]
    fn look(&mut self, _: Pin<&mut Http1Connection>, deadline: &mut Deadline) -> bool {
        let (waits_for, is_new) = self.activity.look();
        match waits_for {
            WaitsFor::Answer => deadline.clear(),
            WaitsFor::Head if is_new => deadline.set(self.patience.head),
            WaitsFor::Head => {}
            WaitsFor::Request => {
                if is_new {
                    self.begin_wait(deadline);
                    if self.window.is_some() {
                        self.open_window();
                    }
                }
                if let Some(window) = self.window {
                    deadline.not_after(window);
                }
            }
        }
        self.activity.let_go()
    }

    fn late(
        &mut self,
        mut connection: Pin<&mut Http1Connection>,
        deadline: &mut Deadline,
    ) -> Option<End> {
        if self.activity.look().0 == WaitsFor::Head {
            return Some(End::HeadTimeout);
        }
        match self.rest {
            Rest::AfterAMoment => {
                self.rest = Rest::Next;
                deadline.set(Some(Duration::ZERO));
            }
            Rest::Next => {
                self.rest = Rest::Done;
                deadline.set_at(self.until());
                if self.activity.rests() {
                    connection.rest();
                }
            }
            Rest::Done => {
                self.activity.close();
                connection.end();
            }
        }
        None
    }

    fn stop(&mut self) {
        self.activity.close();
        self.open_window();
    }
}
