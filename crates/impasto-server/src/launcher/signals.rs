//! Signals, as something that can be waited for together with everything else.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2};
use signal_hook::flag;
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

/// What signals ask for before there is a master. Those that end nothing later end nothing now.
#[derive(Debug, Default)]
pub(super) struct Early {
    hung_up: Arc<AtomicBool>,
    /// Nobody is there yet to be one more or less, and nothing to be upgraded.
    other: Arc<AtomicBool>,
}

impl Early {
    pub(super) fn catch() -> io::Result<Early> {
        let early = Early::default();
        flag::register(SIGHUP, Arc::clone(&early.hung_up))?;
        for signal in [SIGUSR1, SIGUSR2, SIGTTIN, SIGTTOU] {
            flag::register(signal, Arc::clone(&early.other))?;
        }
        Ok(early)
    }

    /// Whether `SIGHUP` has come: files may have changed since they were read.
    pub(super) fn hung_up(&self) -> bool {
        self.hung_up.load(Ordering::SeqCst)
    }
}
