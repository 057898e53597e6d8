//! Signals that mean something to a master only.

use std::io;

use rustix::process::Signal;
use tokio::signal::unix::{SignalKind, signal};

/// What each would do, and why it does not.
const OUTLIVED: [(Signal, &str); 4] = [
    (Signal::USR1, "USR1: a log that was moved away is opened anew by itself"),
    (Signal::USR2, "USR2: not upgraded: a process without workers takes a start anew"),
    (Signal::TTIN, "TTIN: there are no workers to be one more"),
    (Signal::TTOU, "TTOU: there are no workers to be one less"),
];

/// From now on they are logged, and neither end nor stop the process, as they would by themselves: scripts that rotate
/// logs do not know how many workers there are.
///
/// # Errors
///
/// When the system refuses a handler.
pub(super) fn outlive() -> io::Result<()> {
    for (kind, says) in OUTLIVED {
        let mut signal = signal(SignalKind::from_raw(kind.as_raw()))?;
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                tracing::info!("{says}");
            }
        });
    }
    Ok(())
}
