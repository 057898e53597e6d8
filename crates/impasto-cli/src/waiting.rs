//! A word for whoever waits at a terminal.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::output::complain;

/// After this long, people wonder.
const PATIENCE: Duration = Duration::from_secs(1);

/// As long as this lives, something is waited for. Says so once, on standard error, where that is a terminal.
pub(crate) struct Waiting {
    /// Ends the thread that would say it.
    _until: Option<Sender<()>>,
}

impl Waiting {
    pub(crate) fn of(what: String) -> Waiting {
        if !io::stderr().is_terminal() {
            return Waiting { _until: None };
        }
        let (until, over) = channel();
        let say = move || {
            if over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let _ = complain(format_args!("waiting for {what}"));
            }
        };
        // Where there are no threads, nothing is said.
        let thread = thread::Builder::new().spawn(say);
        Waiting { _until: thread.is_ok().then_some(until) }
    }
}
