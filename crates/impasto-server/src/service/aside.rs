//! Asking factories what is wrong, while something else goes on.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;

use super::Faults;

/// How long factories may take once it is clear that nothing will come of it. Whoever waits for one that
/// does not come back is to see what is known.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is known, and what `look` adds to it in time: in a thread of its own, within a runtime, since
/// factories may ask for one.
pub(crate) fn aside(known: Faults, look: impl FnOnce(&mut Faults) + Send + 'static) -> Faults {
    let (sender, receiver) = channel();
    let mut faults = known.clone();
    let looking = thread::Builder::new().spawn(move || {
        let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return };
        let entered = runtime.enter();
        look(&mut faults);
        drop(entered);
        // Nobody waits any more where this fails.
        let _ = sender.send(faults);
        runtime.shutdown_background();
    });
    match looking {
        Ok(_) => receiver.recv_timeout(PATIENCE).unwrap_or(known),
        Err(_) => known,
    }
}
