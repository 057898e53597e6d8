//! Speaking to a launcher from elsewhere in the program.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Stops or reloads a [`Launcher`](super::Launcher) that waits in another thread. Clones are the same
/// launcher's.
#[derive(Clone, Debug)]
pub struct Handle {
    asks: Sender<Ask>,
    bell: Arc<UnixStream>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ask {
    Stop,
    StopNow,
    Reset,
}

impl Handle {
    /// Finishes the requests in flight, as `SIGTERM` does.
    pub fn stop(&self) {
        self.ask(Ask::Stop);
    }

    /// Ends everything at once, as `SIGINT` does.
    pub fn stop_now(&self) {
        self.ask(Ask::StopNow);
    }

    /// Reads the files again, as `SIGHUP` does.
    pub fn reset(&self) {
        self.ask(Ask::Reset);
    }

    fn ask(&self, ask: Ask) {
        // A launcher that has ended needs nothing.
        if self.asks.send(ask).is_ok() {
            let _ = (&*self.bell).write(&[0]);
        }
    }
}

/// The launcher's end.
#[derive(Debug)]
pub(super) struct Asked {
    asks: Receiver<Ask>,
    bell: UnixStream,
}

pub(super) fn handle() -> io::Result<(Handle, Asked)> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    theirs.set_nonblocking(true)?;
    let (asks, asked) = channel();
    Ok((Handle { asks, bell: Arc::new(theirs) }, Asked { asks: asked, bell: ours }))
}

impl Asked {
    pub(super) fn pending(&mut self) -> Vec<Ask> {
        let mut bells = [0; 64];
        while matches!(self.bell.read(&mut bells), Ok(rung) if rung > 0) {}
        self.asks.try_iter().collect()
    }
}

impl AsFd for Asked {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}
