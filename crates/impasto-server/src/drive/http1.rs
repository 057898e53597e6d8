//! When an HTTP/1 connection is over.

use std::pin::Pin;

use tokio::time::Instant;

use super::{Deadline, End, Manners, Patience};
use crate::activity::{Activity, WaitsFor};

/// One request after the other: the client has deadlines between them and within their heads.
///
/// hyper closes a resting connection as soon as it is told to end, which loses the request that a
/// client has just sent. So after a stop a resting one is only watched, for a window; what comes in it
/// is answered with `Connection: close`, whereupon hyper closes by itself. A client that has had its
/// last answer without these words is given a window, too.
pub(crate) struct Http1<'a, C> {
    activity: &'a Activity,
    patience: Patience,
    /// Closes a resting connection.
    end: fn(Pin<&mut C>),
    /// When the window is over.
    window: Option<Instant>,
}

impl<'a, C> Http1<'a, C> {
    pub(crate) fn new(activity: &'a Activity, patience: Patience, end: fn(Pin<&mut C>)) -> Self {
        Http1 { activity, patience, end, window: None }
    }

    fn open_window(&mut self) {
        self.window = Instant::now().checked_add(self.patience.window);
    }
}

impl<C> Manners<C> for Http1<'_, C> {
    fn look(&mut self, _: Pin<&mut C>, deadline: &mut Deadline) -> bool {
        let (waits_for, is_new) = self.activity.look();
        match waits_for {
            WaitsFor::Answer => deadline.clear(),
            WaitsFor::Head if is_new => deadline.set(self.patience.head),
            WaitsFor::Head => {}
            WaitsFor::Request => {
                if is_new {
                    deadline.set(self.patience.request);
                }
                if self.window.is_some() && is_new {
                    self.open_window();
                }
                if let Some(window) = self.window {
                    deadline.not_after(window);
                }
            }
        }
        self.activity.let_go()
    }

    fn late(&mut self, connection: Pin<&mut C>, _: &mut Deadline) -> Option<End> {
        if self.activity.look().0 == WaitsFor::Head {
            return Some(End::HeadTimeout);
        }
        self.activity.close();
        (self.end)(connection);
        None
    }

    fn stop(&mut self) {
        self.activity.close();
        self.open_window();
    }
}
