//! Signals, as something that can be waited for together with everything else.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;

/// Signals that wait to be looked at. A handler only writes a byte into a pipe.
pub(super) struct Signals(SignalDelivery<UnixStream, SignalOnly>);

impl Signals {
    pub(super) fn catch(signals: &[i32]) -> io::Result<Signals> {
        let (read, write) = UnixStream::pair()?;
        Ok(Signals(SignalDelivery::with_pipe(read, write, SignalOnly, signals)?))
    }

    /// Those that came since the last time, each once.
    pub(super) fn pending(&mut self) -> Vec<i32> {
        self.0.pending().collect()
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.get_read().as_fd()
    }
}
