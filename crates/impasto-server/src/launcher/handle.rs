//! Speaking to a launcher from elsewhere in the program.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::wrapper::{Board, ServiceWrapper};

/// Stops or reloads a [`Launcher`](super::Launcher) that waits in another thread, and says what it serves.
/// Clones are the same launcher's.
#[derive(Clone, Debug)]
pub struct Handle {
    asks: Sender<Ask>,
    bell: Arc<UnixStream>,
    board: Board,
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

    /// What is served, by which processes; nothing before the launcher waits.
    pub fn services(&self) -> Vec<ServiceWrapper> {
        self.board.services()
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
    /// What others may know.
    pub(super) board: Board,
}

pub(super) fn handle() -> io::Result<(Handle, Asked)> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    theirs.set_nonblocking(true)?;
    let (asks, asked) = channel();
    let board = Board::default();
    let handle = Handle { asks, bell: Arc::new(theirs), board: board.clone() };
    Ok((handle, Asked { asks: asked, bell: ours, board }))
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
